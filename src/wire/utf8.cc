#include "wire/utf8.h"

#include <simdjson.h>

namespace panelpuls::wire {

bool IsUtf8Slow(std::string_view text) { return simdjson::validate_utf8(text); }

}  // namespace panelpuls::wire
