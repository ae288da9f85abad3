// The Retry-After field of an HTTP answer (RFC 9110, 10.2.3). Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace panelpuls::client {

// As seconds, or as a date, which counts from `date` (the answer's own Date field, since clocks
// differ; without it from now). What is past is 0, what no number holds is the longest. None: the
// field is absent or neither.
std::optional<std::chrono::seconds> RetryAfter(std::string_view retry_after, std::string_view date);

}  // namespace panelpuls::client
