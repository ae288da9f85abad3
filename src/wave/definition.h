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
  // Codes may hold characters that nobody sees: of a data directory that was made before they were
  // refused, and whose codes cannot change any more.
  bool takes_unseen_characters = false;
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

// Whether `edited` may follow `running` while the wave runs (changes.h). FailedPrecondition names
// the first change that records do not allow, and the mend. What was added while the wave runs may
// be taken back as long as no record holds it, which only who reads the records can tell; what the
// first definition has may not.
enum class TakingBack { kRefused, kWhileUnused };
absl::Status CheckCompatible(const Wave& running, const Wave& edited,
                             TakingBack taking_back = TakingBack::kRefused);

// Whether the same words of a unit count under both, and in the same group of the indicator by
// number, with the same score; texts do not matter.
bool CountAlike(const Wave& a, const Wave& b);

// The definition as text format: the file as it was read, else the canonical form, totals inlined.
std::string DefinitionText(const Wave& wave);

// Cells, classes and bytes of each table, for `check-wave`; one line a fact.
std::string DescribeWave(const Wave& wave);

}  // namespace panelpuls::wave
