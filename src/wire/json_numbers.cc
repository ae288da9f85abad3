#include "wire/json_numbers.h"

#include <absl/strings/charconv.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

namespace panelpuls::wire {
namespace {

// Deeper than any parser goes here.
constexpr std::size_t kMostOpen = 100;

std::size_t CountDigits(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789"), text.size());
}

// Whether JSON has the number, and whether it is a whole one as it is written.
bool IsWellFormed(std::string_view text, bool* whole) {
  *whole = true;
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t digits = CountDigits(text);
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  text.remove_prefix(digits);
  if (text.starts_with('.')) {
    *whole = false;
    text.remove_prefix(1);
    const std::size_t fraction = CountDigits(text);
    if (fraction == 0) return false;
    text.remove_prefix(fraction);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    *whole = false;
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const std::size_t exponent = CountDigits(text);
    if (exponent == 0) return false;
    text.remove_prefix(exponent);
  }
  return text.empty();
}

template <typename Whole>
bool Holds(std::string_view text) {
  Whole value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

bool IsHeld(std::string_view text, bool whole) {
  if (whole) {
    return text.starts_with('-') ? Holds<std::int64_t>(text) : Holds<std::uint64_t>(text);
  }
  // Too small is 0, too large is no number.
  double value = 0;
  const auto result = absl::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() || std::abs(value) < 1;
}

class Walk {
 public:
  Walk(std::string_view json, const std::function<void(const JsonNumber&)>& visit)
      : json_(json), visit_(visit) {}

  void Run() {
    while (at_ < json_.size() && open_.size() <= kMostOpen) {
      const char c = json_[at_];
      if (c == '"') {
        TakeString();
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        TakeNumber();
      } else {
        TakeMark(c);
      }
    }
  }

 private:
  // The text between the quotes that begin here. Kept as a key where one may stand.
  void TakeString() {
    const std::size_t begin = ++at_;
    while (at_ < json_.size() && json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, json_.size());
    if (key_may_come_ && !open_.empty()) open_.back().key = json_.substr(begin, at_ - begin);
    key_may_come_ = false;
    if (at_ < json_.size()) ++at_;
  }

  void TakeNumber() {
    constexpr std::string_view kEnds = ",]}:\" \t\r\n";
    const std::size_t end = std::min(json_.find_first_of(kEnds, at_), json_.size());
    const std::string_view text = json_.substr(at_, end - at_);
    at_ = end;
    bool whole = false;
    const bool well_formed = IsWellFormed(text, &whole);
    if (well_formed && IsHeld(text, whole)) return;
    visit_({.text = text, .malformed = !well_formed, .path = open_});
  }

  void TakeMark(char c) {
    ++at_;
    if (c == '{' || c == '[') {
      open_.push_back({.in_object = c == '{', .key = {}, .index = 0});
      key_may_come_ = c == '{';
    } else if (c == '}' || c == ']') {
      if (!open_.empty()) open_.pop_back();
      key_may_come_ = false;
    } else if (c == ',' && !open_.empty()) {
      ++open_.back().index;
      key_may_come_ = open_.back().in_object;
    }
  }

  const std::string_view json_;
  const std::function<void(const JsonNumber&)>& visit_;
  std::size_t at_ = 0;
  std::vector<JsonStep> open_;
  bool key_may_come_ = false;
};

}  // namespace

void FindBadNumbers(std::string_view json, const std::function<void(const JsonNumber&)>& visit) {
  Walk(json, visit).Run();
}

std::string PlainKey(std::string_view key) {
  if (key.find('\\') == std::string_view::npos) return std::string(key);
  simdjson::dom::parser parser;
  std::string quoted = "\"";
  quoted += key;
  quoted += '"';
  std::string_view plain;
  if (parser.parse(quoted).get_string().get(plain) != simdjson::SUCCESS) return std::string(key);
  return std::string(plain);
}

void BlankNumber(std::string_view number, char* begin) {
  std::fill(begin, begin + number.size(), ' ');
  *begin = '0';
}

}  // namespace panelpuls::wire
