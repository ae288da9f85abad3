// Batch outcomes as protobuf, both directions; shared by the stream's acknowledgement and HTTP.
// Threads  any.
#pragma once

#include <protozero/pbf_writer.hpp>

#include "base/status.h"
#include "wave/outcome.h"

namespace panelpuls::v1 {
class BatchResult;
}

namespace panelpuls::wire {

// Writes the fields of a BatchResult.
void WriteOutcome(const wave::BatchOutcome& outcome, protozero::pbf_writer& writer);

// InvalidArgument: a result or kind that this version does not know.
absl::StatusOr<wave::BatchOutcome> OutcomeOf(const v1::BatchResult& result);

absl::StatusOr<wave::Result> ParseResult(std::string_view code);
std::string_view RecordKindCode(wave::RecordKind kind);
absl::StatusOr<wave::RecordKind> ParseRecordKind(std::string_view code);

}  // namespace panelpuls::wire
