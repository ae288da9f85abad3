// From a wave definition file to a Wave.
// Errors   InvalidArgument: "FILE:LINE: what is wrong; what to write instead". Unknown fields and
//          codes are errors.
// Threads  any.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/csv.h"
#include "base/file.h"
#include "base/status.h"
#include "wave/wave.h"

namespace panelpuls::v1 {
class WaveDefinition;
}

namespace panelpuls::wave {

struct LoadOptions {
  // Stands in for the definition's population file (`--population`); empty: as the definition says.
  std::string population_file{};
  // Format of the population files when it is not what the definition declares.
  CsvFormatTexts population_format{};
};

// Reads text format, inlines the population totals, validates and compiles.
absl::StatusOr<std::shared_ptr<const Wave>> LoadWave(FileSystem& files, const std::string& path,
                                                     const LoadOptions& options = {});

// Compiles a definition whose totals are inlined; `name` stands for file and line in messages.
absl::StatusOr<std::shared_ptr<const Wave>> CompileWave(const v1::WaveDefinition& definition,
                                                        std::string_view name);

// Compiles the canonical bytes that a journal keeps.
absl::StatusOr<std::shared_ptr<const Wave>> WaveFromCanonical(std::string_view canonical,
                                                              std::string_view name);

// What may change while a wave runs (FORMATS F2): labels, texts, totals, targets, comparisons,
// max_respondents upwards. FailedPrecondition names the first other difference and the mend.
absl::Status CheckCompatible(const Wave& running, const Wave& edited);

// Cells, classes and bytes of each table, for `check-wave`; one line a fact.
std::string DescribeWave(const Wave& wave);

}  // namespace panelpuls::wave
