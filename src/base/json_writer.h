// Writes JSON text from begin to end: commas and nesting are kept by the writer, escaping too.
// Text     UTF-8; strings are escaped, and a byte that is no UTF-8 becomes U+FFFD.
// Numbers  the shortest text that reads back as the same double; NaN and infinities become null.
// Threads  one at a time.
// Errors   none on content; unbalanced calls are mistakes of ours (PP_CHECK).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panelpuls {

class JsonWriter {
 public:
  // Appends to `out`, which outlives the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();

  // Inside an object, before each value. Names are ours and are written as they stand.
  void Key(std::string_view name);

  void String(std::string_view text);
  void Number(double value);
  void Unsigned(std::uint64_t value);
  void Signed(std::int64_t value);
  void Bool(bool value);
  void Null();
  // A value that is JSON already.
  void Raw(std::string_view json);

  // Key and value in one; an absent optional is null.
  void Field(std::string_view name, std::string_view text) { Key(name), String(text); }
  void Field(std::string_view name, const char* text) { Key(name), String(text); }
  void Field(std::string_view name, bool value) { Key(name), Bool(value); }
  void Field(std::string_view name, double value) { Key(name), Number(value); }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  void Field(std::string_view name, T value) {
    Key(name);
    Unsigned(value);
  }
  template <std::signed_integral T>
  void Field(std::string_view name, T value) {
    Key(name);
    Signed(value);
  }
  template <typename T>
  void Field(std::string_view name, const std::optional<T>& value) {
    if (value.has_value()) {
      Field(name, *value);
    } else {
      Key(name);
      Null();
    }
  }

 private:
  void BeforeValue();
  void Open(char bracket);
  void Close(char bracket);

  static constexpr int kMaxDepth = 64;

  std::string& out_;
  std::uint64_t has_items_ = 0;  // bit d: something stands at depth d already
  std::uint64_t is_object_ = 0;  // bit d: depth d is an object
  int depth_ = 0;
  bool after_key_ = false;
};

// Appends `text` quoted and escaped.
void AppendJsonString(std::string_view text, std::string& out);
// Appends the number as JsonWriter::Number does.
void AppendJsonNumber(double value, std::string& out);

// `text` with every byte that is no UTF-8 replaced by U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

}  // namespace panelpuls
