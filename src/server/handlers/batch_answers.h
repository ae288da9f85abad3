// What HTTP says of a batch: its outcome, or why it was not taken (OTLP/HTTP's conventions).
// Pure; any thread.
#pragma once

#include "base/status.h"
#include "engine/engine.h"
#include "server/http/http_message.h"
#include "wave/outcome.h"

namespace panelpuls::server {

// Of Intake::Decode's error; never one that asks for the same bytes again.
Problem ProblemOf(const absl::Status& status);

// 503 with Retry-After: the same bytes may be taken later.
Response BusyResponse(engine::SubmitResult result);

// 503 with Retry-After of a batch that was taken and is not durable: a part of it may have been
// kept.
Response UndurableResponse(engine::BatchEnd end);

// 200, in the request's own media type unless Accept prefers the other.
Response OutcomeResponse(const wave::BatchOutcome& outcome, const RequestHead& head);

}  // namespace panelpuls::server
