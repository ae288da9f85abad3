// One record out of parsed JSON, by protobuf's JSON mapping: lowerCamelCase or the schema's names,
// null is absent, numbers may stand in strings, enum names in any case, unknown names are ignored
// and counted. Where a name stands twice the last one counts. Threads  any. What is decoded are
// views into the parser's memory.
#pragma once

#include <simdjson.h>

#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "wave/outcome.h"
#include "wave/response.h"
#include "wire/ignored_fields.h"
#include "wire/json_numbers.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {

// False: refused, fault filled, *response undefined.
bool DecodeResponse(simdjson::dom::element element, wave::RawResponse& response,
                    IgnoredFields& ignored, RecordFault& fault);
bool DecodeCaseEvent(simdjson::dom::element element, wave::RawCaseEvent& event,
                     IgnoredFields& ignored, RecordFault& fault);

// What to do about a number that no parser takes, and the record's part of its path. True: nobody
// asks for it, so it may be read as 0. False: it stands in a field of the record, named as in the
// schema in fault.field, or is no JSON; fault filled.
bool MayBlank(const JsonNumber& number, std::span<const JsonStep> path, wave::RecordKind kind,
              RecordFault& fault);

// Values as the batch's own fields have them too. False: fault.reason filled.
bool ReadJsonText(simdjson::dom::element element, std::string_view& text, RecordFault& fault);
bool ReadJsonTime(simdjson::dom::element element, Micros& time, RecordFault& fault);
// A number, or a number in a string; whole, from 0 to max. Absent: neither.
std::optional<std::uint64_t> ReadJsonUnsigned(simdjson::dom::element element, std::uint64_t max);

}  // namespace panelpuls::wire
