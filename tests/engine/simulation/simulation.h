// The engine as a whole, its own code, under a seeded schedule: partitions, snapshot thread,
// readers of journals, senders; a clock; a disk that forgets what was not synced, fills, fails and
// loses power; stops, kills and reopenings. Beside it a model of what was acknowledged, which is
// held against what is there after each reopening.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/simulation/scheduled_files.h"

namespace panelpuls::engine::testing {

// How often what the simulation is about has happened: one that never does tries nothing.
struct Tried {
  std::uint64_t steps = 0;
  std::uint64_t acknowledged = 0;  // batches
  std::uint64_t no_room = 0;       // batches that ended so
  std::uint64_t stopped = 0;
  std::uint64_t failures = 0;  // of engines
  std::uint64_t power_cuts = 0;
  std::uint64_t refused_opens = 0;
  std::uint64_t snapshots = 0;

  void Add(const Tried& other);
};

struct Simulated {
  std::vector<std::string> findings;  // empty: all as it should be
  Tried tried;
};

// One run. `lies` are faults of the disk that the run should find.
Simulated Simulate(std::uint64_t seed, panelpuls::testing::ScheduledFiles::Lies lies = {});

}  // namespace panelpuls::engine::testing
