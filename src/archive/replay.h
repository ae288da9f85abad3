// Reading a directory's journals without a running engine: time travel.
// Threads  one; may run beside an engine on the same directory and sees what was durable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "estimate/estimator.h"
#include "journal/journal.h"
#include "snapshot/contents.h"
#include "state/cube.h"
#include "wave/changes.h"

namespace panelpuls::archive {

struct Replayed {
  std::shared_ptr<const wave::Wave> wave;  // the last definition by then
  std::vector<wave::DefinitionVersion> definitions;
  std::shared_ptr<estimate::Estimator> estimator;
  estimate::Estimates estimates;
  estimate::Fieldwork fieldwork;
  std::unique_ptr<state::Cube> cube;  // merged over partitions
  state::Counters counters;
  std::vector<snapshot::HistoryHour> hours;
  std::vector<state::AttentionEntry> attention;
  std::uint64_t version = 0;
  Micros last_receipt = kNoTime;
  std::vector<journal::RecoveryReport> recovery;
  // Views into this object.
  snapshot::Contents Inputs() const;
};

// All groups whose receipt time is not after `until` (absent: all).
absl::StatusOr<Replayed> Replay(FileSystem& files, const std::string& directory,
                                std::optional<Micros> until);

}  // namespace panelpuls::archive
