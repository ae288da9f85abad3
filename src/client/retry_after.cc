#include "client/retry_after.h"

#include <absl/strings/numbers.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>

#include "base/status.h"

namespace panelpuls::client {
namespace {

// Longer than any patience, and far from an overflow.
constexpr std::int64_t kLongestSeconds = 1'000'000'000;

// The form that is to be sent, and the two old ones that are to be understood.
std::optional<absl::Time> ParseHttpDate(std::string_view text) {
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time time;
    if (absl::ParseTime(form, ToAbsl(text), &time, nullptr)) return time;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> RetryAfter(std::string_view retry_after,
                                               std::string_view date) {
  if (retry_after.empty()) return std::nullopt;
  if (retry_after.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t seconds = 0;
    if (!absl::SimpleAtoi(ToAbsl(retry_after), &seconds)) seconds = kLongestSeconds;
    return std::chrono::seconds(std::min(seconds, kLongestSeconds));
  }
  const auto until = ParseHttpDate(retry_after);
  if (!until.has_value()) return std::nullopt;
  const absl::Time from = ParseHttpDate(date).value_or(absl::Now());
  const std::int64_t seconds = absl::ToInt64Seconds(absl::Ceil(*until - from, absl::Seconds(1)));
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kLongestSeconds));
}

}  // namespace panelpuls::client
