// What the listed cells of a cube hold, without the zeros: far fewer numbers than a block has
// entries while a cell has few respondents, and read from the cube once for all sums.
// Derived  a table without a column variable is left out where another one has the same rows by a
//          column: its sums are those over the other's columns.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "estimate/cell_list.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// A range of entries of the block.
struct EntryRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// An entry whose sums are those over `columns` entries from `from` on.
struct DerivedEntry {
  std::uint32_t entry = 0;
  std::uint32_t from = 0;
  std::uint32_t columns = 0;
};

class CellEntries {
 public:
  explicit CellEntries(const wave::Wave& wave);

  // The list outlives the calls that follow. `only_first`: table 0 alone, which is never
  // derived.
  void Read(const state::Cube& cube, const CellList& list, bool only_first = false);
  // Entries that no place has; to be summed in this order.
  const std::vector<DerivedEntry>& derived() const { return only_first_ ? none_ : derived_; }

  // Places of a listed cell.
  std::size_t Begin(std::size_t cell) const { return begin_[cell]; }
  std::size_t End(std::size_t cell) const { return begin_[cell + 1]; }
  std::uint32_t Entry(std::size_t place) const { return entry_[place]; }
  double N(std::size_t place) const { return static_cast<double>(n_[place]); }
  // METHOD M1's D and Q of the class at a place of the listed cell.
  double D(std::size_t place, std::size_t cell) const {
    return has_sums_ ? d_[place] : list_->d[cell] * N(place);
  }
  double Q(std::size_t place, std::size_t cell) const {
    return has_sums_ ? q_[place] : list_->d[cell] * list_->d[cell] * N(place);
  }

 private:
  EntryRange first_table_;
  std::vector<EntryRange> ranges_;  // of all tables that are not derived
  std::vector<DerivedEntry> derived_;
  std::vector<DerivedEntry> none_;
  const CellList* list_ = nullptr;
  bool only_first_ = false;
  bool has_sums_ = false;
  std::vector<std::size_t> begin_;    // [listed cell], then the end
  std::vector<std::uint32_t> entry_;  // [place]; longer than what is in use
  std::vector<std::uint32_t> n_;      // [place] likewise
  std::vector<double> d_, q_;         // [place] likewise; only with sums
};

}  // namespace panelpuls::estimate
