// Where a JSON document breaks. Slow; only for the message of a document that was refused.
// Threads  any.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace panelpuls::wire {

// Byte offset near the first error, when it can be told. `json` must be readable SIMDJSON_PADDING
// bytes beyond its end.
std::optional<std::size_t> LocateJsonError(std::string_view json);

}  // namespace panelpuls::wire
