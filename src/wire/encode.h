// Encoding what a collector sends: responses, case events and batches as protobuf bytes.
// Threads  any.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "wave/response.h"

namespace panelpuls::wire {

// Appends a serialized Response / CaseEvent (without tag and length).
void AppendResponse(const wave::RawResponse& response, std::string& out);
void AppendCaseEvent(const wave::RawCaseEvent& event, std::string& out);

// Builds a Batch out of serialized records.
struct BatchParts {
  std::string_view wave;            // empty: left out
  Micros simulated_time = kNoTime;  // kNoTime: left out
  std::uint64_t sequence = 0;       // 0: left out
  std::span<const std::string> responses;
  std::span<const std::string> case_events;
};
void AppendBatchBytes(const BatchParts& parts, std::string& out);

}  // namespace panelpuls::wire
