// Fields of a protobuf message one after the other, by protobuf's own rules for tags, lengths and
// groups. Stands beside protozero's reader because that one cuts lengths to 32 bits and refuses
// groups; varints and wire types are protozero's.
// Errors   protozero::exception on malformed bytes; caught at the record's or the batch's edge.
// Threads  one at a time. A view into the message's bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <protozero/exception.hpp>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>
#include <string_view>

namespace panelpuls::wire {

// Field number and wire type in one, as on the wire: what a switch over key() has for labels.
constexpr std::uint32_t VarintKey(std::uint32_t number) { return number << 3; }
constexpr std::uint32_t DoubleKey(std::uint32_t number) { return number << 3 | 1; }
constexpr std::uint32_t BytesKey(std::uint32_t number) { return number << 3 | 2; }

class FieldCursor {
 public:
  explicit FieldCursor(std::string_view message)
      : begin_(message.data()), data_(begin_), end_(begin_ + message.size()) {}

  // Moves to the next field. False: end of the message.
  bool Next() {
    if (data_ == end_) return false;
    key_ = ReadKey();
    if (number() == 0 || (key_ & 7) == kGroupEnd || (key_ & 7) > kFixed32) {
      throw protozero::invalid_tag_exception{};
    }
    return true;
  }
  std::uint32_t key() const { return key_; }
  std::uint32_t number() const { return key_ >> 3; }
  // Of what was read last, from the begin of the message; for error messages.
  std::size_t offset() const { return static_cast<std::size_t>(data_ - begin_); }

  // The value of the field, whose wire type the caller has seen in key().
  std::uint64_t Varint() { return protozero::decode_varint(&data_, end_); }
  double Double() {
    double value;
    std::memcpy(&value, Take(sizeof value), sizeof value);
    return value;
  }
  std::string_view Bytes() {
    const std::size_t length = ReadLength();
    return {Take(length), length};
  }
  void Skip() { SkipValue(key_); }

 private:
  static constexpr std::uint32_t kGroupBegin = 3;
  static constexpr std::uint32_t kGroupEnd = 4;
  static constexpr std::uint32_t kFixed32 = 5;
  static constexpr std::ptrdiff_t kMaxKeyBytes = 5;
  static constexpr std::uint64_t kMaxLength = 0x7FFFFFFF;
  static constexpr int kMaxGroupDepth = 32;

  std::uint32_t ReadKey() {
    const auto first = static_cast<unsigned char>(*data_);
    if (first < 0x80) {
      ++data_;
      return first;
    }
    const char* const start = data_;
    const std::uint64_t value = protozero::decode_varint(&data_, end_);
    if (data_ - start > kMaxKeyBytes) throw protozero::invalid_tag_exception{};
    return static_cast<std::uint32_t>(value);
  }

  std::size_t ReadLength() {
    if (data_ != end_ && static_cast<unsigned char>(*data_) < 0x80) {
      return static_cast<unsigned char>(*data_++);
    }
    const char* const start = data_;
    const std::uint64_t length = protozero::decode_varint(&data_, end_);
    if (data_ - start > kMaxKeyBytes || length > kMaxLength) {
      throw protozero::invalid_length_exception{};
    }
    return static_cast<std::size_t>(length);
  }

  const char* Take(std::size_t length) {
    if (static_cast<std::size_t>(end_ - data_) < length) throw protozero::end_of_buffer_exception{};
    const char* const taken = data_;
    data_ += length;
    return taken;
  }

  void SkipValue(std::uint32_t key) {
    switch (key & 7) {
      case 0:
        Varint();
        return;
      case 1:
        Take(8);
        return;
      case 2:
        Bytes();
        return;
      case kGroupBegin:
        SkipGroup(key >> 3);
        return;
      default:
        Take(4);
    }
  }

  // Up to the end of group `number`; groups inside it must be closed in turn.
  void SkipGroup(std::uint32_t number) {
    std::uint32_t open[kMaxGroupDepth];
    int depth = 0;
    open[0] = number;
    while (depth >= 0) {
      if (data_ == end_) throw protozero::end_of_buffer_exception{};
      const std::uint32_t key = ReadKey();
      const std::uint32_t type = key & 7;
      if (key >> 3 == 0 || type > kFixed32) throw protozero::invalid_tag_exception{};
      if (type == kGroupEnd) {
        if (key >> 3 != open[depth]) throw protozero::invalid_tag_exception{};
        --depth;
      } else if (type == kGroupBegin) {
        if (depth + 1 == kMaxGroupDepth) throw protozero::invalid_tag_exception{};
        open[++depth] = key >> 3;
      } else {
        SkipValue(key);
      }
    }
  }

  const char* begin_;
  const char* data_;
  const char* end_;
  std::uint32_t key_ = 0;
};

}  // namespace panelpuls::wire
