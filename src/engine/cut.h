// What a partition gives away of its state: to the snapshot whatever was touched since the last
// time, to the history the state at the end of an hour of receipt.
// Threads  filled by the writer, read by the snapshot thread: handed over by HandOver.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/hand_over.h"
#include "engine/signal.h"
#include "state/counters.h"
#include "state/cube.h"
#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::engine {

// Entries that a snapshot's attention list shows.
inline constexpr std::size_t kAttentionLimit = 1000;

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

// Counts (and sums) of table 0, from which the indicator over all is estimated.
struct IndicatorTable {
  std::vector<std::uint32_t> cells;   // with respondents
  std::vector<std::uint32_t> counts;  // [cells][entries of table 0]
  std::vector<state::Sums> sums;      // same, or empty
  std::uint64_t respondents = 0;
};

// State of a partition at the end of a local hour of receipt.
struct HourCut {
  Micros hour = kNoTime;                   // first instant of the hour
  Micros passed = kNoTime;                 // all hours before this one are final for this partition
  IndicatorTable table;                    // of the definition that the state was made with
  std::shared_ptr<const wave::Wave> wave;  // the one then in force
};

// What lies between a writer and the snapshot thread.
struct PartitionPorts {
  HandOver<WaitWord, StateCut> state;
  // Its own, so that an hour's cut is never overwritten: the writer waits for the last to be taken.
  HandOver<WaitWord, HourCut> hour;
};

// Copies the blocks of the cells touched since the last call, and the counters.
void FillStateCut(state::State& state, std::uint64_t* attention_seen, StateCut* cut);
void FillIndicatorTable(const wave::Wave& wave, const state::Cube& cube, std::uint64_t respondents,
                        IndicatorTable* table);
// Adds a table to table 0 of a cube of a wave that may have more or fewer categories than the
// table's, but counts alike; sets table 0 back to zeros. Cells that the cube has not are left out.
void AddIndicatorTable(const wave::Wave& of_table, const IndicatorTable& table,
                       const wave::Wave& of_cube, state::Cube* cube);
void ClearIndicatorTable(const wave::Wave& wave, state::Cube* cube);

// Sorts the partitions' entries by kind, newest last, and keeps the newest of each kind.
void MergeAttention(std::vector<state::AttentionEntry>* entries);

}  // namespace panelpuls::engine
