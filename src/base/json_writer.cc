#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/status.h"

namespace panelpuls {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsContinuation(std::string_view text, std::size_t index) {
  return index < text.size() && (static_cast<unsigned char>(text[index]) & 0xC0) == 0x80;
}

// Length of the well-formed UTF-8 sequence at `start` (Unicode, table 3-7); 0: ill-formed.
std::size_t SequenceLength(std::string_view text, std::size_t start) {
  const auto lead = static_cast<unsigned char>(text[start]);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned char lowest = 0x80;
  unsigned char highest = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) lowest = 0xA0;   // overlong
    if (lead == 0xED) highest = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) lowest = 0x90;   // overlong
    if (lead == 0xF4) highest = 0x8F;  // beyond U+10FFFF
  } else {
    return 0;
  }
  if (start + 1 >= text.size()) return 0;
  const auto second = static_cast<unsigned char>(text[start + 1]);
  if (second < lowest || second > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!IsContinuation(text, start + i)) return 0;
  }
  return length;
}

void AppendEscape(unsigned char byte, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
  }
}

template <typename T>
void AppendChars(T value, std::string& out) {
  std::array<char, 32> buffer;  // the longest shortest double has 24 characters
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  PP_CHECK(result.ec == std::errc());
  out.append(buffer.data(), result.ptr);
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  std::size_t plain = 0;  // begin of what can be copied as it stands
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : SequenceLength(text, i);
    const bool escaped = byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
    if (length != 0 && !escaped) {
      i += length;
      continue;
    }
    out.append(text.substr(plain, i - plain));
    if (length == 0) {
      out += kReplacement;
    } else {
      AppendEscape(byte, out);
    }
    plain = ++i;
  }
  out.append(text.substr(plain));
  out += '"';
}

void AppendJsonNumber(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  AppendChars(value, out);
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string result;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = SequenceLength(text, i);
    result += length == 0 ? kReplacement : text.substr(i, length);
    i += length == 0 ? 1 : length;
  }
  return result;
}

void JsonWriter::BeforeValue() {
  const std::uint64_t bit = 1ull << depth_;
  const bool in_object = (is_object_ & bit) != 0;
  PP_CHECK(in_object == after_key_);
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ > 0 && (has_items_ & bit) != 0) out_ += ',';
  has_items_ |= bit;
}

void JsonWriter::Key(std::string_view name) {
  const std::uint64_t bit = 1ull << depth_;
  PP_CHECK((is_object_ & bit) != 0 && !after_key_);
  if ((has_items_ & bit) != 0) out_ += ',';
  has_items_ |= bit;
  out_ += '"';
  out_ += name;
  out_ += "\":";
  after_key_ = true;
}

void JsonWriter::Open(char bracket) {
  BeforeValue();
  out_ += bracket;
  ++depth_;
  PP_CHECK(depth_ < kMaxDepth);
  const std::uint64_t bit = 1ull << depth_;
  has_items_ &= ~bit;
  is_object_ = bracket == '{' ? is_object_ | bit : is_object_ & ~bit;
}

void JsonWriter::Close(char bracket) {
  const bool is_object = (is_object_ & (1ull << depth_)) != 0;
  PP_CHECK(depth_ > 0 && !after_key_ && is_object == (bracket == '}'));
  out_ += bracket;
  --depth_;
}

void JsonWriter::BeginObject() { Open('{'); }
void JsonWriter::EndObject() { Close('}'); }
void JsonWriter::BeginArray() { Open('['); }
void JsonWriter::EndArray() { Close(']'); }

void JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(text, out_);
}

void JsonWriter::Number(double value) {
  BeforeValue();
  AppendJsonNumber(value, out_);
}

void JsonWriter::Unsigned(std::uint64_t value) {
  BeforeValue();
  AppendChars(value, out_);
}

void JsonWriter::Signed(std::int64_t value) {
  BeforeValue();
  AppendChars(value, out_);
}

void JsonWriter::Bool(bool value) { Raw(value ? "true" : "false"); }
void JsonWriter::Null() { Raw("null"); }

void JsonWriter::Raw(std::string_view json) {
  BeforeValue();
  out_ += json;
}

}  // namespace panelpuls
