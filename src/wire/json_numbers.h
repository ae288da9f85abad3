// Numbers of a JSON text that a parser refuses the whole text for: beyond the range of a double,
// whole ones of more than 64 bits, and malformed ones. Found by walking the text by its tokens, so
// that they can be named, and replaced where nobody asks for them. Internal to the room.
// Threads  any; pure.
// Cost     linear in the text; memory for the containers that are open.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace panelpuls::wire {

// One container on the way to a value, and the value's place in it.
struct JsonStep {
  bool in_object = false;
  std::string_view key;   // of an object: as it stands between its quotes, escapes and all
  std::size_t index = 0;  // of an array
};

struct JsonNumber {
  std::string_view text;
  bool malformed = false;          // else no double or 64 bits hold it
  std::span<const JsonStep> path;  // outermost first
};

// Visits each such number. Of a text that is no JSON, or that is nested deeper than any batch, what
// comes is what was found up to there, with any paths: a parser refuses it anyway.
void FindBadNumbers(std::string_view json, const std::function<void(const JsonNumber&)>& visit);

// A key without its escapes; as it is where they are broken.
std::string PlainKey(std::string_view key);

// The same bytes with `number` in them as 0, so that all else is read.
void BlankNumber(std::string_view number, char* begin);

}  // namespace panelpuls::wire
