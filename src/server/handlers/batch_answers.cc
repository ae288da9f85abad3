#include "server/handlers/batch_answers.h"

#include <string>
#include <utility>

#include "server/http/media_type.h"
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
    case absl::StatusCode::kUnavailable:
      problem.status = 503;
      problem.type = ProblemType::kOverloaded;
      break;
    default:
      break;
  }
  return problem;
}

namespace {

Response TryAgain(ProblemType type, const char* retry_after_s, std::string detail) {
  Problem problem;
  problem.status = 503;
  problem.type = type;
  problem.detail = std::move(detail);
  Response response = ToResponse(problem);
  response.fields.emplace_back("Retry-After", retry_after_s);
  return response;
}

constexpr char kNoRoomRetryAfter[] = "30";
constexpr char kStoppingRetryAfter[] = "5";

}  // namespace

Response BusyResponse(engine::SubmitResult result) {
  switch (result) {
    case engine::SubmitResult::kNoRoom:
      return TryAgain(ProblemType::kNoRoom, kNoRoomRetryAfter,
                      "the disk is full; nothing of this batch was kept, send it again later");
    case engine::SubmitResult::kStopped:
      return TryAgain(ProblemType::kStopping, kStoppingRetryAfter,
                      "the server is stopping; nothing of this batch was kept, send it again");
    default:
      return TryAgain(ProblemType::kOverloaded, "1",
                      "too many batches are waiting; nothing of this one was kept, send it again");
  }
}

Response UndurableResponse(engine::BatchEnd end) {
  if (end == engine::BatchEnd::kNoRoom) {
    return TryAgain(ProblemType::kNoRoom, kNoRoomRetryAfter,
                    "the disk is full; part of this batch may have been kept, send all of it again "
                    "later: what was kept counts once");
  }
  return TryAgain(ProblemType::kStopping, kStoppingRetryAfter,
                  "the server is stopping; part of this batch may have been kept, send all of it "
                  "again: what was kept counts once");
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
