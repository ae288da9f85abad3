#include "server/stream/refusal.h"

#include "base/printable.h"
#include "wire/stream.h"

namespace panelpuls::server {

StreamRefusal RefusalOf(const absl::Status& status) {
  StreamRefusal refusal;
  refusal.detail = std::string(ToStd(status.message()));
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      refusal.error = StreamError::kBatchTooLarge;
      break;
    case absl::StatusCode::kNotFound:
      refusal.error = StreamError::kUnknownWave;
      break;
    case absl::StatusCode::kFailedPrecondition:
      refusal.error = StreamError::kSimulatedTime;
      break;
    case absl::StatusCode::kOutOfRange:
      refusal.error = StreamError::kSequence;
      break;
    default:
      refusal.error = StreamError::kBadBatch;
      break;
  }
  return refusal;
}

void AppendRefusal(const StreamRefusal& refusal, std::string& out) {
  wire::AppendError({.code = std::string(CodeOf(refusal.error)),
                     .detail = Printable(refusal.detail, kMostLineBytes),
                     .retryable = refusal.retryable},
                    out);
}

}  // namespace panelpuls::server
