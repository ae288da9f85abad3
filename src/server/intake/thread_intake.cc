#include "server/intake/thread_intake.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace panelpuls::server {
namespace {

IntakeOptions IntakeOptionsOf(const ServerOptions& options) {
  IntakeOptions intake;
  intake.max_records = options.max_records;
  intake.max_bytes = options.max_body_bytes;
  return intake;
}

}  // namespace

ThreadIntake::ThreadIntake(std::shared_ptr<IoThread> io_thread, engine::Engine& engine)
    : io_thread_(std::move(io_thread)),
      intake_(engine, IntakeOptionsOf(io_thread_->options())),
      left_behind_(io_thread_->batch_budget()) {
  io_thread_->OnCalm([this] { intake_.GiveBack(); });
}

asio::awaitable<absl::StatusOr<DecodedBatch>> ThreadIntake::Decode(std::string_view bytes,
                                                                   DecodeOptions options,
                                                                   Connection& connection,
                                                                   Wakeup& wake,
                                                                   std::chrono::seconds patience) {
  auto decoded = intake_.Decode(bytes, options);
  if (!decoded.ok() || Connection::TryHold(connection.batch_bytes(), decoded->held_bytes)) {
    co_return decoded;
  }
  const std::size_t needed = decoded->held_bytes;
  intake_.Recycle(std::move(decoded->batch));
  auto hold = connection.Hold(connection.batch_bytes(), needed, wake,
                              std::chrono::steady_clock::now() + patience);
  if (!co_await std::move(hold)) {
    co_return absl::UnavailableError("too many results wait to be read; send the batch again");
  }
  decoded = intake_.Decode(bytes, options);
  if (decoded.ok()) decoded->held_bytes = needed;
  co_return decoded;
}

engine::SubmitResult ThreadIntake::Submit(DecodedBatch& decoded,
                                          std::weak_ptr<BatchWaiter> waiter) {
  // Runs on a writer's thread. Holding the io thread keeps the context there to post to, also when
  // the server stopped meanwhile; then nobody runs what is posted.
  auto done = [this, io_thread = io_thread_, waiter = std::move(waiter),
               bytes = decoded.held_bytes](std::unique_ptr<engine::Batch> batch) {
    asio::post(io_thread->context(), [this, waiter, bytes, batch = std::move(batch)]() mutable {
      if (const auto waiting = waiter.lock()) {
        waiting->OnBatchDone(std::move(batch));
      } else {
        intake_.Recycle(std::move(batch));
        left_behind_.Set(left_behind_.bytes() - bytes);
      }
    });
  };
  return intake_.Submit(decoded, std::move(done));
}

}  // namespace panelpuls::server
