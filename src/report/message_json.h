// Any message as JSON: the names of the schema, every field always there; an absent number, text or
// message is null, repeated fields are arrays, enums are their names, and 64-bit numbers are plain
// numbers (protobuf's own mapping quotes them and leaves absent fields out).
// Threads  any.
#pragma once

#include <google/protobuf/message.h>

#include "base/json_writer.h"

namespace panelpuls::report {

void WriteMessage(const google::protobuf::Message& message, JsonWriter& json);

}  // namespace panelpuls::report
