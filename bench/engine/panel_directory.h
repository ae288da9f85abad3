// A data directory with a panel of any size, written through the journal alone: what a restart and
// a replay have to read. One complete response a unit, in groups of 1,000, received evenly over the
// fieldwork.
// Threads  one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "wave/wave.h"

namespace panelpuls::bench {

struct PanelDirectory {
  std::shared_ptr<const wave::Wave> wave;  // the real one, with room for all respondents
  engine::EngineOptions options;           // opens it
  std::uint64_t respondents = 0;
  std::uint64_t journal_bytes = 0;  // payload
};

struct PanelSize {
  std::uint64_t respondents = 0;
  std::uint32_t partitions = 1;
};

// In `directory`, which does not exist. Ends the process where that cannot be done.
PanelDirectory MakePanelDirectory(const std::string& directory, const PanelSize& size);

}  // namespace panelpuls::bench
