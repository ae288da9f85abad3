// The sources of a plan (FigurePlan::source): the entries of the block that each one holds, and the
// listed cells that it is summed over.
// Source 0  the whole block over all cells; the parts of a split (Plan::splits) are its column of a
//           table over the cells of one category each.
// Threads   one at a time; keeps its memory from call to call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "estimate/numeric/vector_kernels.h"
#include "estimate/plan/cell_list.h"
#include "estimate/plan/figure_plan.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct Source {
  std::uint32_t first_entry = 0;  // in the block
  std::uint32_t entries = 0;
  std::size_t begin = 0;  // of its first entry, among those of all sources
};

// Entries of a source that one tile has: from entry `entry` of the source on, `count` of them,
// which stand in the tile from lane `lane` on.
struct TilePart {
  Tile tile;
  std::size_t lane = 0;
  std::size_t entry = 0;
  std::size_t count = 0;
};

class Sources {
 public:
  // The map outlives this.
  Sources(const wave::Wave& wave, const CellMap& map, const Plan& plan);

  // The cube outlives the calls that follow. `only_indicator`: source 0 alone, and of it table 0.
  void Assign(const state::Cube& cube, const CellList& list, bool only_indicator = false);

  std::size_t count() const { return only_indicator_ ? 1 : sources_.size(); }
  const Source& operator[](std::size_t source) const { return sources_[source]; }
  std::size_t entries() const { return sources_.back().begin + sources_.back().entries; }
  // Places in the list, in its order.
  std::span<const std::uint32_t> CellsOf(std::size_t source) const { return cells_[source]; }
  const CellValues& values() const { return values_; }

  // visit(const TilePart&) for all entries of a source.
  template <typename Visit>
  void ForTiles(std::size_t source, Visit visit) const {
    const Source& of = sources_[source];
    const std::size_t entries = only_indicator_ ? first_table_entries_ : of.entries;
    for (std::size_t entry = 0; entry < entries; entry += kTile) {
      const std::size_t place = of.first_entry + entry;
      const std::size_t first = std::min(place, values_.stride - kTile);
      visit(TilePart{.tile = {.cells = cells_[source], .first = first},
                     .lane = place - first,
                     .entry = entry,
                     .count = std::min(kTile, entries - entry)});
    }
  }

 private:
  void ReadSums(const state::Cube& cube, const CellList& list);

  const CellMap& map_;
  std::vector<Split> splits_;
  std::vector<Source> sources_;
  std::uint32_t first_table_entries_ = 0;
  bool only_indicator_ = false;
  std::vector<std::vector<std::uint32_t>> cells_;  // [source]
  CellValues values_;
  std::vector<const std::uint32_t*> counts_;
  std::vector<std::uint32_t> padded_;  // blocks of fewer entries than a tile has
  std::vector<double> d_, q_;
};

}  // namespace panelpuls::estimate
