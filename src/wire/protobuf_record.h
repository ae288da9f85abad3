// One record out of protobuf bytes, by protobuf's rules: the last of a field wins, timestamps
// merge, unknown fields are skipped and counted; a known field of another wire type, text that is
// not UTF-8 and numbers out of range reject the record. Threads  any. What is decoded are views
// into the bytes. Allocates nothing once the vectors have grown.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "wave/response.h"
#include "wire/ignored_fields.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {

// False: refused, fault filled, *response undefined.
bool DecodeResponse(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
                    RecordFault& fault);
bool DecodeCaseEvent(std::string_view bytes, wave::RawCaseEvent& event, IgnoredFields& ignored,
                     RecordFault& fault);
// Of a field that the schema does not have only its number is known.
void AddUnknownField(std::string_view in, std::uint32_t number, IgnoredFields& ignored);

// google.protobuf.Timestamp, put together from all the parts that the wire has of it.
struct TimestampParts {
  bool present = false;
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;

  // Merges one occurrence; `in` is the field that it is. False: malformed or of another wire type,
  // fault.reason filled.
  bool Merge(std::string_view bytes, std::string_view in, IgnoredFields& ignored,
             RecordFault& fault);
  // kNoTime when absent; cut to microseconds. False: out of range, fault.reason filled.
  bool ToMicros(Micros& time, RecordFault& fault) const;
};

}  // namespace panelpuls::wire
