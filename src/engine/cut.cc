#include "engine/cut.h"
#include "snapshot/attention.h"

namespace panelpuls::engine {

void FillStateCut(state::State& state, std::uint64_t* attention_seen, StateCut* cut) {
  const state::Cube& cube = state.cube();
  cut->cells.assign(state.touched_cells().begin(), state.touched_cells().end());
  cut->counts.clear();
  cut->sums.clear();
  for (const std::uint32_t cell : cut->cells) {
    const auto block = cube.Block(cell);
    cut->counts.insert(cut->counts.end(), block.begin(), block.end());
    const auto sums = cube.SumsBlock(cell);
    cut->sums.insert(cut->sums.end(), sums.begin(), sums.end());
  }
  state.ClearTouched();
  cut->counters = state.counters();
  cut->attention_changed = state.attention_changes() != *attention_seen;
  if (cut->attention_changed) {
    *attention_seen = state.attention_changes();
    cut->attention.clear();
    state.ListAttention(snapshot::kAttentionLimit, &cut->attention);
  }
}

}  // namespace panelpuls::engine
