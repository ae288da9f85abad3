// What is wrong with a record that could not be decoded, shared by the protobuf and the JSON
// reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wave/record.h"

namespace panelpuls::wire {

struct RecordFault {
  std::string field;   // path as in the schema, such as answers[0].options[0]; empty: the record
  std::string reason;  // what is wrong and what would be right
  // The same as a list may keep it that others read (wave::Rejection). Empty: as reason.
  std::string kept = {};
};

// False, so that a reader can return it.
bool Fail(RecordFault& fault, std::string field, std::string reason);

// Most answers, options and categories in one record, each: bounds the memory a reader keeps.
inline constexpr std::size_t kMaxItemsInRecord = 16'384;

inline constexpr const char* kReasonUtf8 = "is not UTF-8; send text as UTF-8";
inline constexpr const char* kReasonRevision =
    "is out of range; write a whole number from 0 to 4294967295";
inline constexpr const char* kReasonStatus =
    "is unknown; write COMPLETE, PARTIAL, WITHDRAWN or TEST (0 to 3)";

inline constexpr const char* kReasonTooMany = "has more than 16384 items; send only what was asked";

// True for 0 to 3, the numbers of wave::Status.
constexpr bool IsStatusNumber(std::uint64_t number) { return number <= 3; }
// By name, in any case. False: unknown.
bool ParseStatusName(std::string_view name, wave::Status& status);

}  // namespace panelpuls::wire
