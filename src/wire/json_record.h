// One record out of parsed JSON, by protobuf's JSON mapping: lowerCamelCase or the schema's names,
// null is absent, numbers may stand in strings, enum names in any case, unknown names are ignored.
// Where a name stands twice the last one counts. Threads  any. What is decoded are views into the
// parser's memory.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "wave/response.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {

// False: refused, fault filled, *response undefined.
bool DecodeResponse(simdjson::dom::element element, wave::RawResponse& response,
                    RecordFault& fault);
bool DecodeCaseEvent(simdjson::dom::element element, wave::RawCaseEvent& event, RecordFault& fault);

// Values as the batch's own fields have them too. False: fault.reason filled.
bool ReadJsonText(simdjson::dom::element element, std::string_view& text, RecordFault& fault);
bool ReadJsonTime(simdjson::dom::element element, Micros& time, RecordFault& fault);
// A number, or a number in a string; whole, from 0 to max. Absent: neither.
std::optional<std::uint64_t> ReadJsonUnsigned(simdjson::dom::element element, std::uint64_t max);

}  // namespace panelpuls::wire
