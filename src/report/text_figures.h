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

namespace panelpuls::report {

struct DomainCode {
  std::string code;
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
  std::string value;     // a dash when absent; with the mark of its note
  std::string interval;  // empty when absent
  std::string n;
};

class TextFigures {
 public:
  TextFigures(const SnapshotInputs& inputs, Language language);

  FigureText Mean(std::string_view domain) { return Get("mean", "indicator", domain); }
  FigureText Get(std::string_view statistic, std::string_view of, std::string_view domain);
  // Over all; below every share when absent.
  double ShareOf(std::string_view of) const;
  // A comparison's figure; empty when it has none.
  std::string Compared(const wave::Comparison& comparison, std::string_view statistic,
                       std::string_view of, std::string_view domain) const;

  const Notes& notes() const { return notes_; }
  // Whether some value printed has no interval because none is computed.
  bool without_uncertainty() const { return without_uncertainty_; }

 private:
  const estimate::FigureValue* Find(std::string_view statistic, std::string_view of,
                                    std::string_view domain) const;
  std::string Format(std::string_view statistic, double value) const;
  std::string MarkOf(const estimate::FigureValue& figure);

  const SnapshotInputs& inputs_;
  Language language_;
  int indicator_decimals_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> index_;
  Notes notes_;
  bool without_uncertainty_ = false;
};

}  // namespace panelpuls::report
