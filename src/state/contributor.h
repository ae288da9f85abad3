// From a record to the entries of the cube it counts in: the wave's tables, flattened so that a
// record costs a few loads a table.
// Threads  one at a time; owns scratch memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::state {

class Contributor {
 public:
  // The wave outlives this.
  explicit Contributor(const wave::Wave& wave);

  // Most entries that one respondent counts in.
  std::size_t max_entries() const { return max_entries_; }
  // `record`: content fields of the wave's layout; every category present. Reuses `out`.
  void Compute(const std::byte* record, std::uint8_t channel, Contribution* out);

 private:
  // A variable that some table is broken down by; computed once a record.
  struct Source {
    wave::VariableKind kind = wave::VariableKind::kNone;
    wave::Field field;                          // kQuestion
    std::vector<std::uint32_t> class_of_value;  // kQuestion: [field's value] -> class
  };
  struct SingleTable {
    std::uint32_t offset = 0, columns = 1, row_source = 0, column_source = 0;
  };
  struct MultipleTable {
    std::uint32_t offset = 0, columns = 1, column_source = 0, answered_row = 0;
    wave::Field field;
    std::uint64_t valid_options = 0;  // bit set
    std::vector<std::uint32_t> row_of_option;
  };

  std::uint32_t SourceOf(const wave::Variable& variable);
  void AddTable(const wave::Table& table);
  void ComputeClasses(const std::byte* record, std::uint8_t channel);

  const wave::Wave& wave_;
  bool needs_indicator_ = false;
  std::vector<wave::Variable> variables_;  // parallel to sources_
  std::vector<Source> sources_;
  std::vector<SingleTable> singles_;
  std::vector<MultipleTable> multiples_;
  std::vector<std::uint32_t> classes_;  // [source] of the record at hand
  std::size_t max_entries_ = 0;
};

}  // namespace panelpuls::state
