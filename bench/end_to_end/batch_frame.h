// What stands around a slice of responses so that it is a batch of the TCP stream: the length and
// the tags in front, the sequence behind. The slice itself is not touched. Threads  any; no shared
// state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <protozero/varint.hpp>
#include <string_view>

namespace panelpuls::bench {

inline constexpr char kBatchTag = 0x12;     // field 2 of ClientMessage, length-delimited
inline constexpr char kSequenceTag = 0x28;  // field 5 of Batch, a varint

// Field 5 of a Batch, always its last bytes here.
class BatchTrailer {
 public:
  explicit BatchTrailer(std::uint64_t sequence) {
    bytes_[0] = kSequenceTag;
    size_ =
        1 + static_cast<std::size_t>(protozero::add_varint_to_buffer(bytes_.data() + 1, sequence));
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 11> bytes_;
  std::size_t size_;
};

// Length of the ClientMessage, its tag, length of the Batch.
class BatchHeader {
 public:
  explicit BatchHeader(std::size_t batch_bytes) {
    std::array<char, 10> length;
    const int length_bytes = protozero::add_varint_to_buffer(length.data(), batch_bytes);
    int size = protozero::add_varint_to_buffer(
        bytes_.data(), 1 + static_cast<std::size_t>(length_bytes) + batch_bytes);
    bytes_[static_cast<std::size_t>(size++)] = kBatchTag;
    size += protozero::add_varint_to_buffer(bytes_.data() + size, batch_bytes);
    size_ = static_cast<std::size_t>(size);
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 21> bytes_;
  std::size_t size_;
};

}  // namespace panelpuls::bench
