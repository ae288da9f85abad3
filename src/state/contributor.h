// From a record to the entries of the cube it counts in: the wave's tables, flattened so that a
// record costs a few loads a table.
// Threads  one at a time; owns scratch memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::state {

// Where a record was counted.
struct Counted {
  std::uint64_t cell = 0;
  std::uint32_t first_entry = 0;  // of table 0
};

class Contributor {
 public:
  // The wave outlives this.
  explicit Contributor(const wave::Wave& wave);

  // Most entries that one respondent counts in.
  std::size_t max_entries() const { return max_entries_; }
  // `record`: content fields of the wave's layout; every category present. Reuses `out`.
  void Compute(const std::byte* record, std::uint8_t channel, Contribution* out);
  // Adds the record to the cube or takes it away, as Compute and Cube::Add or Subtract.
  Counted Count(const std::byte* record, std::uint8_t channel, bool add, Cube* cube);

 private:
  // Places in classes_: what is not an answer first, then the questions that tables are broken
  // down by.
  enum Place : std::uint32_t { kOne = 0, kGroup = 1, kDirection = 2, kChannel = 3, kQuestions = 4 };

  // An answer of one byte, which nearly all are: [256 values], so that no value needs a check.
  using OfByte = std::array<std::uint32_t, 256>;
  struct ByteAnswer {
    std::uint32_t offset = 0;
    std::uint32_t place = 0;
    OfByte class_of_value{};
  };
  struct WideAnswer {
    wave::Field field;
    std::uint32_t place = 0;
    std::vector<std::uint32_t> class_of_value;  // [option + 1]
  };
  // A question by something: the entry in column 0 by the answer's value.
  struct ByteTable {
    std::uint32_t offset = 0;  // of the answer
    OfByte entry_of_value{};
  };
  // Those with one column variable.
  struct ByteTables {
    std::uint32_t column = 0, column_stride = 0;
    std::vector<ByteTable> tables;
  };
  // Any other table of single choices.
  struct ClassTable {
    std::uint32_t offset = 0, row = 0, column = 0, column_stride = 0;
  };
  struct MultipleTable {
    std::uint32_t offset = 0, column = 0, column_stride = 0, answered_row = 0;
    wave::Field field;
    std::uint64_t valid_options = 0;  // bit set
    std::vector<std::uint32_t> row_of_option;
  };

  struct PairTable {
    std::uint32_t offset = 0, options = 0;
    wave::Field field;
    std::uint64_t valid_options = 0;
    std::vector<std::uint32_t> row_of_option;
  };

  // Where the variable's class stands in classes_.
  std::uint32_t PlaceOf(const wave::Variable& variable);
  std::uint32_t AddQuestion(int number);
  // [value of the answer] -> class: that of the option, or the last one, missing.
  std::vector<std::uint32_t> ClassOfValue(int question) const;
  void AddSingleTable(const wave::Table& table);
  void AddByteTable(const wave::Table& table, std::uint32_t column);
  void AddMultipleTable(const wave::Table& table);
  void AddTable(const wave::Table& table);
  void AddPairTable(const wave::Table& table);
  template <typename Visit>
  void ForEntries(const std::byte* record, Visit visit) const;
  template <typename Visit>
  static void ForPairs(const PairTable& table, const std::byte* record, Visit visit);
  std::uint64_t BaseWeightOf(const std::byte* record) const;
  void ComputeClasses(const std::byte* record, std::uint8_t channel);

  const wave::Wave& wave_;
  bool needs_indicator_ = false;
  std::vector<ByteAnswer> byte_answers_;
  std::vector<WideAnswer> wide_answers_;
  std::vector<int> questions_;  // parallel to the places from kQuestions on
  std::vector<ClassTable> class_tables_;
  std::vector<ByteTables> byte_tables_;
  std::vector<MultipleTable> multiples_;
  std::vector<PairTable> pairs_;
  std::vector<std::uint32_t> classes_;  // [place] of the record at hand
  Contribution scratch_;
  std::size_t max_entries_ = 0;
};

}  // namespace panelpuls::state
