// A small definition with everything in it, for tests to load, break and edit.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "wave/definition.h"
#include "wave/wave.h"

namespace panelpuls::wave {

// Text format; totals stand in the file kPopulation.
extern const std::string_view kSampleDefinition;
extern const std::string_view kSamplePopulation;

// `text` with the one place of `from` replaced. Aborts when there is not exactly one.
std::string Replaced(std::string_view text, std::string_view from, std::string_view to);

struct SampleFiles {
  std::string definition{kSampleDefinition};  // wave.textproto
  std::string population{kSamplePopulation};  // population.csv
  std::string joint;                          // joint.csv, when not empty
};
absl::StatusOr<std::shared_ptr<const Wave>> LoadSample(const SampleFiles& files,
                                                       const LoadOptions& options = {});
// Aborts when it does not load.
std::shared_ptr<const Wave> MustLoad(const SampleFiles& files);

// The same wave with `sample_frame`, or with base weights per unit.
SampleFiles WithFrame();
SampleFiles WithBaseWeights();

// File of the repository, such as waves/cases.textproto.
std::string SourcePath(std::string_view path);

}  // namespace panelpuls::wave
