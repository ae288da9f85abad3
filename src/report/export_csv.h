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
#include "snapshot/contents.h"
#include "snapshot/respondent_table.h"
#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::report {

// "# complete: 4039 rows, version 17"
std::string CompleteLine(std::uint64_t rows, std::uint64_t version);

class ResponsesCsv final : public snapshot::RespondentTable {
 public:
  // As snapshot::MakeRespondentTable.
  ResponsesCsv(const wave::Wave& wave, std::span<const double> g, const CsvStyle& style);
  ~ResponsesCsv() override;
  ResponsesCsv(const ResponsesCsv&) = delete;
  ResponsesCsv& operator=(const ResponsesCsv&) = delete;

  void Header() override;
  void Row(const state::Respondent& respondent) override;
  void End(std::uint64_t version) override;

  std::size_t bytes() const override;
  std::string Take() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For an export of responses.
snapshot::MakeRespondentTable ResponsesCsvIn(const CsvStyle& style);

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
std::string TableExport(ExportTable table, const snapshot::Contents& inputs, const CsvStyle& style);

// The codebook with which `estimate` reads responses.csv of that style again.
std::string ExportCodebook(const wave::Wave& wave, const CsvStyle& style);

}  // namespace panelpuls::report
