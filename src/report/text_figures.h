// Figures of a snapshot as a text report prints them, found by what they are of.
// Threads  one at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "report/snapshot.h"
#include "report/text_table.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

struct DomainCode {
  std::string domain;  // as figures print it: "size=micro", crossed ones joined by &
  std::string label;
};
// The codes of a domain, in the definition's order, without missing options.
std::vector<DomainCode> CodesOf(const wave::Wave& wave, const wave::Domain& domain,
                                Language language);
std::string DomainLabel(const wave::Wave& wave, const wave::Domain& domain, Language language);

struct TableRow {
  std::string label;
  std::string statistic;
  std::string of;
  std::string domain;
};

struct DomainColumn {
  std::string label;
  std::string domain;  // empty: all
};

struct FigureText {
  // A dash when absent or not reportable yet; with the mark of its note.
  std::string value;
  std::string interval;  // empty when absent, or when the figure is not reportable yet
  std::string n;
};

class TextFigures {
 public:
  TextFigures(const snapshot::Contents& inputs, Language language);

  FigureText Mean(std::string_view domain) { return Get("mean", "indicator", domain); }
  FigureText Get(std::string_view statistic, std::string_view of, std::string_view domain);
  bool HasRespondents(const TableRow& row) const;
  // Over all; none where there is none or it is not reportable.
  std::optional<double> ShareOf(std::string_view of) const;
  // A comparison's figure; empty when it has none.
  std::string Compared(const wave::Comparison& comparison, std::string_view statistic,
                       std::string_view of, std::string_view domain) const;

  // Now less then, with a star where the interval leaves 0 out, with the mark of a note where there
  // is no interval; empty when there is none.
  std::string Change(std::string_view against, std::string_view statistic, std::string_view of,
                     std::string_view domain);

  std::string Format(std::string_view statistic, double value) const;
  // "[low; high]"; empty when absent.
  std::string Interval(std::string_view statistic, const std::optional<double>& low,
                       const std::optional<double>& high) const;
  // Without a sign.
  std::string Points(double value) const;
  // "[low; high]" of the confidence sequence; empty when there is none.
  std::string Sequence(std::string_view statistic, std::string_view of,
                       std::string_view domain) const;

  bool has_stars() const { return has_stars_; }
  const Notes& notes() const { return notes_; }
  // Whether some value printed has no interval because none is computed.
  bool without_uncertainty() const { return without_uncertainty_; }

 private:
  const estimate::FigureValue* Find(std::string_view statistic, std::string_view of,
                                    std::string_view domain) const;
  std::string MarkOf(const estimate::FigureValue& figure);
  std::string MarkOfBareChange(const estimate::FigureValue& change);

  const snapshot::Contents& inputs_;
  Language language_;
  int indicator_decimals_;
  // By statistic, of, domain and against.
  using Place = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  std::map<Place, std::size_t> index_;
  Notes notes_;
  bool without_uncertainty_ = false;
  bool has_stars_ = false;
};

}  // namespace panelpuls::report
