// The export: one row a respondent, and tables of the snapshot, each ended by a line that says that
// the file is whole (docs/PROTOCOL.md). Pure: no clock, no I/O.
//
// responses.csv: pseudonym, channel, collected_on, status, one column a dimension, one a question,
// base_weight, calibrated_weight.
// Threads  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "report/snapshot.h"
#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::report {

// "# complete: 4039 rows, version 17"
std::string CompleteLine(std::uint64_t rows, std::uint64_t version);

class ResponsesCsv {
 public:
  // g: [cell] of the calibration (METHOD M2's G), or empty: no weights. Wave and g outlive this.
  ResponsesCsv(const wave::Wave& wave, std::span<const double> g, const CsvStyle& style);
  ~ResponsesCsv();
  ResponsesCsv(const ResponsesCsv&) = delete;
  ResponsesCsv& operator=(const ResponsesCsv&) = delete;

  void Header();
  void Row(const state::Respondent& respondent);
  void End(std::uint64_t version);

  std::size_t bytes() const;
  // What was written since the last call.
  std::string Take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A respondent under the id of its file, for who has the file.
struct NamedRespondent {
  std::string id;
  state::Respondent respondent;
};
// One row each, in their order: respondent_id, one column a dimension, base_weight,
// calibrated_weight (0 outside the population, empty where there are no weights). `g` as above.
std::string WeightsToCsv(const wave::Wave& wave, std::span<const double> g,
                         std::span<const NamedRespondent> respondents, const CsvStyle& style);

// What is exported as a table of the snapshot's: its ToCsv of snapshot.h, and the last line.
enum class ExportTable { kFigures, kComparisons, kRankings };
std::string TableExport(ExportTable table, const SnapshotInputs& inputs, const CsvStyle& style);

// The codebook with which `estimate` reads responses.csv of that style again.
std::string ExportCodebook(const wave::Wave& wave, const CsvStyle& style);

}  // namespace panelpuls::report
