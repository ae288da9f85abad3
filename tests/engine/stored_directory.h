// Data directories as their bytes: made by the real engine, opened up, changed, and put back with
// check sums that fit. For tests and fuzz targets of what reads them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/harness.h"
#include "journal/format.h"
#include "testing/simulated_file_system.h"
#include "wave/frame.h"
#include "wave/wave.h"

namespace panelpuls::engine::testing {

// Path -> content.
using Image = std::map<std::string, std::string>;

// A wave whose records have all kinds of fields: two channels, base weights per unit, categories,
// a single choice, a multiple choice of at most two with an option that goes with no other.
enum class Units { kAnyone, kOfFrame };
std::shared_ptr<const wave::Wave> SampleWave(Units units, int max_respondents = 64);
std::vector<wave::FrameUnit> SampleFrame();

// What the engine leaves behind: responses, corrections, withdrawals, tests, conflicts, marked
// times, case events, a definition edited in between; with a frame its units.
Image MakeSampleDirectory(Units units, std::uint32_t partitions);
void Restore(const Image& image, panelpuls::testing::SimulatedFileSystem& files);

// A group of a segment: where it stands, and what is in it.
struct StoredGroup {
  std::string path;
  std::uint64_t offset = 0;
  journal::GroupHeader header;
  std::string payload;
};
std::vector<StoredGroup> GroupsOf(const Image& image);
// Writes the group back in its place with a check sum that fits. Its payload takes as many blocks
// as before.
void PutGroup(const StoredGroup& group, Image* image);
// Makes all check sums of a segment fit what stands there.
void MakeChecksumsFit(std::string* segment);
// The same of a witness.
void MakeWitnessFit(std::string* witness);

// What reading the directory came to. Each reader must end, with a status that says something.
struct Readings {
  absl::Status open = absl::CancelledError("not asked for");
  absl::Status replay;
  absl::Status export_responses;
  absl::Status verify;
  std::vector<std::string> findings;
};
// `open`: starts an engine on it as well.
Readings ReadAll(const Image& image, const std::shared_ptr<const wave::Wave>& wave,
                 bool open = true);
// Empty: the readers agree with each other.
std::string Disagreement(const Readings& readings);

}  // namespace panelpuls::engine::testing
