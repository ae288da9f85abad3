#include "server/http_batch.h"

#include <string>

#include "server/media_type.h"
#include "wire/stream.h"

namespace panelpuls::server {

Problem ProblemOf(const absl::Status& status) {
  Problem problem;
  problem.status = 400;
  problem.type = ProblemType::kBadBatch;
  problem.detail = std::string(ToStd(status.message()));
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      problem.status = 413;
      problem.type = ProblemType::kBatchTooLarge;
      break;
    case absl::StatusCode::kNotFound:
      problem.type = ProblemType::kUnknownWave;
      break;
    case absl::StatusCode::kFailedPrecondition:
      problem.type = ProblemType::kSimulatedTime;
      break;
    default:
      break;
  }
  return problem;
}

Response BusyResponse(engine::SubmitResult result) {
  Problem problem;
  problem.status = 503;
  const char* retry_after_s = "1";
  switch (result) {
    case engine::SubmitResult::kNoRoom:
      problem.type = ProblemType::kNoRoom;
      problem.detail = "the disk is full; nothing of this batch was kept, send it again later";
      retry_after_s = "30";
      break;
    case engine::SubmitResult::kStopped:
      problem.type = ProblemType::kStopping;
      problem.detail = "the server is stopping; nothing of this batch was kept, send it again";
      retry_after_s = "5";
      break;
    default:
      problem.type = ProblemType::kOverloaded;
      problem.detail = "too many batches are waiting; nothing of this one was kept, send it again";
      break;
  }
  Response response = ToResponse(problem);
  response.fields.emplace_back("Retry-After", retry_after_s);
  return response;
}

Response OutcomeResponse(const wave::BatchOutcome& outcome, const RequestHead& head) {
  const MediaType type = PreferredType(head.accept, ParseMediaType(head.content_type));
  Response response;
  if (type == MediaType::kProtobuf) {
    response.content_type = "application/x-protobuf";
    response.SetBody(wire::OutcomeToProtobuf(outcome));
  } else {
    response.content_type = "application/json";
    response.SetBody(wire::OutcomeToJson(outcome));
  }
  response.fields.emplace_back("Vary", "Accept");
  return response;
}

}  // namespace panelpuls::server
