// Whether a record that comes from a file is one that could have been accepted: what is read back
// is input, and a check sum only says that its bytes are those that were written.
//
// Checked  everything that a record says by itself under its wave: type, numbers of channel,
//          categories, options and disposition, status, flags, times, base weight, options that go
//          with no other, bytes that must be zero. Not checked: what depends on other records.
// Threads  any; const. Views into the wave, which outlives it.
// Cost     allocates when it is made; a response costs a comparison a field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wave/record.h"
#include "wave/wave.h"

namespace panelpuls::wave {

// What is wrong with a record. Views into static text and the wave.
struct RecordFault {
  std::string_view field;   // empty: nothing is wrong
  std::string_view of;      // id of the dimension or question that `field` belongs to, or empty
  std::string_view reason;  // "is none of the wave's"

  explicit operator bool() const { return !field.empty(); }
  std::string text() const;  // "answer to mood is none that it takes"; empty: nothing is wrong
};

class RecordCheck {
 public:
  explicit RecordCheck(const Wave& wave);

  // `record`: RecordLength bytes. A definition's text is not looked at.
  RecordFault Find(std::span<const std::byte> record) const;

 private:
  // A field whose value is from `least` to `most`.
  struct Bounds {
    Field field;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  struct Choices {
    Field field;
    std::uint64_t options = 0;    // bit sets
    std::uint64_t exclusive = 0;  // go with no other
    std::uint32_t most = 0;
  };

  void Add(const Bounds& bounds);
  RecordFault FindInResponse(std::span<const std::byte> record) const;
  RecordFault FindInContent(const std::byte* record, bool withdrawn) const;
  RecordFault FindInCaseEvent(std::span<const std::byte> record) const;
  RecordFault FindInFrameUnit(std::span<const std::byte> record) const;
  bool ContentFits(const std::byte* record) const;
  bool IsBaseWeight(std::uint64_t fixed) const;

  const Wave& wave_;
  // Of responses that are not withdrawn. By byte of the content, so that all bytes are compared at
  // once: the least value, and how far above it a value may lie. Fields of several bytes are in
  // wide_.
  std::vector<std::uint8_t> least_;
  std::vector<std::uint8_t> span_;
  std::vector<Bounds> wide_;
  std::vector<Choices> choices_;
  std::vector<Choices> choices_of_question_;  // [question]; options 0: a single choice
  std::uint64_t default_weight_ = 0;          // of a unit that was sent without one
  std::uint32_t content_end_ = 0;
};

}  // namespace panelpuls::wave
