// What a partition gives away of its state: to the snapshot whatever was touched since the last
// time, to the history the state at the end of an hour of receipt.
// Threads  filled by the writer, read by the snapshot thread: handed over by HandOver.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "archive/hour_cut.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/hand_over.h"
#include "base/thread.h"
#include "state/counters.h"
#include "state/cube.h"
#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::engine {

// Durable state of a partition, as the difference from the cut before.
struct StateCut {
  std::vector<std::uint32_t> cells;   // touched
  std::vector<std::uint32_t> counts;  // [cells][entries of a block]
  std::vector<state::Sums> sums;      // same, or empty
  state::Counters counters;
  bool attention_changed = false;
  std::vector<state::AttentionEntry> attention;
  std::uint64_t position = 0;  // of the last durable group
  Micros hour = kNoTime;       // local hour of the last group of responses or events
  // No later group of this partition is received before this time.
  Micros floor = kNoTime;
};

// What lies between a writer and the snapshot thread.
struct PartitionPorts {
  HandOver<WaitWord, StateCut> state;
  // Its own, so that an hour's cut is never overwritten: the writer waits for the last to be taken.
  HandOver<WaitWord, archive::HourCut> hour;
};

// Copies the blocks of the cells touched since the last call, and the counters.
void FillStateCut(state::State& state, std::uint64_t* attention_seen, StateCut* cut);
}  // namespace panelpuls::engine
