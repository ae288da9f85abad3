#include "end_to_end/http_answer.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/status.h"

namespace panelpuls::bench {
namespace {

// Value of a field of the head; names are compared without case.
std::string_view Field(std::string_view head, std::string_view name) {
  for (std::size_t line = head.find("\r\n"); line != std::string_view::npos;
       line = head.find("\r\n", line)) {
    line += 2;
    const std::string_view rest = head.substr(line);
    if (rest.size() <= name.size() || rest[name.size()] != ':') continue;
    if (!absl::EqualsIgnoreCase(ToAbsl(rest.substr(0, name.size())), ToAbsl(name))) continue;
    std::string_view value = rest.substr(name.size() + 1);
    value = value.substr(0, value.find("\r\n"));
    return value.substr(std::min(value.find_first_not_of(' '), value.size()));
  }
  return {};
}

std::optional<std::size_t> NumberOf(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

}  // namespace

HttpAnswer ParseHttpAnswer(std::string_view buffer) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  HttpAnswer answer;
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string_view::npos) return answer;
  const std::string_view head = buffer.substr(0, end);
  const auto status =
      head.starts_with(kVersion) ? NumberOf(head.substr(kVersion.size(), 3)) : std::nullopt;
  std::optional<std::size_t> length = NumberOf(Field(head, "Content-Length"));
  if (status == 304) length = 0;
  if (!status.has_value() || !length.has_value()) {
    answer.state = HttpAnswer::kBad;
    return answer;
  }
  const std::size_t begin = end + 4;
  if (buffer.size() - begin < *length) return answer;
  answer.state = HttpAnswer::kWhole;
  answer.status = static_cast<int>(*status);
  answer.etag = Field(head, "ETag");
  answer.body = buffer.substr(begin, *length);
  answer.consumed = begin + *length;
  return answer;
}

}  // namespace panelpuls::bench
