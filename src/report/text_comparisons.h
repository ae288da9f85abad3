// What a text report says of differences, ranks and of what its intervals cover (METHOD M3, M10).
// Threads  any; pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "report/snapshot.h"
#include "report/text_figures.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

class TextComparisons {
 public:
  // The inputs outlive this.
  TextComparisons(const snapshot::Contents& inputs, Language language);

  // The pairs of a tabulated domain of the indicator that differ, or that none does; one line a
  // pair. Empty when nothing was tested.
  std::string Pairs(const wave::Domain& domain, const TextFigures& figures) const;
  // The categories of such a domain that differ from all its others together, likewise.
  std::string Others(const wave::Domain& domain, const TextFigures& figures) const;
  // "1-3", or "2"; empty where the figure is in no ranking or has no rank.
  std::string RankOf(std::string_view of) const;

 private:
  struct Family {
    std::string name;
    Message heading;
    std::vector<DomainCode> codes;
    std::string_view others;  // what a category is compared with, where that is none of the codes
  };
  std::string Differing(const Family& family, const TextFigures& figures) const;

  const snapshot::Contents& inputs_;
  Language language_;
  std::map<std::string_view, const estimate::RankedFigure*> ranks_;
};

// "95 %"
std::string LevelText(Language language, double level);

// Lines about uncertainty, at the end of the report.
struct CoverageNotes {
  bool has_stars = false;
  bool has_ranks = false;
  bool has_channels = false;
};
std::string CoverageText(const snapshot::Contents& inputs, const TextFigures& figures,
                         Language language, const CoverageNotes& notes);

}  // namespace panelpuls::report
