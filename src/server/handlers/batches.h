// POST /v1/responses: a batch into the intake, answered when it is durable.
// Threads  its io thread alone.
#pragma once

#include <memory>

#include "server/http/exchange.h"
#include "server/http/handler.h"
#include "server/intake/thread_intake.h"

namespace panelpuls::server {

class Batches final : public Handler {
 public:
  // `intake` outlives it.
  explicit Batches(ThreadIntake& intake) : intake_(intake) {}

  asio::awaitable<void> Answer(Exchange& exchange) override;

 private:
  asio::awaitable<absl::StatusOr<DecodedBatch>> Decode(Exchange& exchange);
  // Of a batch for which the connection holds what it takes.
  asio::awaitable<void> Submit(Exchange& exchange, DecodedBatch& decoded);

  ThreadIntake& intake_;
};

}  // namespace panelpuls::server
