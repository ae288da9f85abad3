// A snapshot as text, and who makes it: an engine is given a renderer from above, and has no text
// without one.
// Threads  plain data.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "snapshot/contents.h"

namespace panelpuls::snapshot {

// One piece of JSON a part, so that equality of parts is equality of bytes.
struct Json {
  std::string whole;  // {"estimates":...,"collection":...,"clock":...}
  // Views into `whole`.
  std::string_view estimates() const { return std::string_view(whole).substr(parts[0], parts[1]); }
  std::string_view collection() const { return std::string_view(whole).substr(parts[2], parts[3]); }
  std::string_view clock() const { return std::string_view(whole).substr(parts[4], parts[5]); }
  std::array<std::size_t, 6> parts{};  // begin and length of each
};

struct Rendered {
  Json json;
  std::string protobuf;
};
// Called on the thread that publishes, once a version and minute; a pure function.
using Render = std::function<Rendered(const Contents&)>;

}  // namespace panelpuls::snapshot
