// The intake of one io thread: what a session has decoded and submitted comes back to the thread
// when it has ended.
// Threads  its io thread alone, but for the constructor.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "server/connection/asio.h"
#include "server/connection/byte_budget.h"
#include "server/connection/connection.h"
#include "server/connection/io_thread.h"
#include "server/connection/wakeup.h"
#include "server/intake/intake.h"

namespace panelpuls::server {

// Who waits for the end of a batch, which need not be durable. The batch is given back by
// ThreadIntake::Recycle.
class BatchWaiter {
 public:
  virtual ~BatchWaiter() = default;
  virtual void OnBatchDone(std::unique_ptr<engine::Batch> batch) = 0;
};

class ThreadIntake {
 public:
  // `engine` outlives it, and it outlives the thread's run.
  ThreadIntake(std::shared_ptr<IoThread> io_thread, engine::Engine& engine);
  ThreadIntake(const ThreadIntake&) = delete;
  ThreadIntake& operator=(const ThreadIntake&) = delete;

  // As Intake::Decode, and `connection` holds what the batch and its answer take (its batch_bytes).
  // While there is no room for them it holds the bytes alone, and decodes again when there is:
  // `wake` is how it hears of that. Unavailable: no room within `patience`, or it is to end.
  asio::awaitable<absl::StatusOr<DecodedBatch>> Decode(std::string_view bytes,
                                                       DecodeOptions options,
                                                       Connection& connection, Wakeup& wake,
                                                       std::chrono::seconds patience);
  // As Intake::Submit; `waiter` hears of it on this thread, if it is still there then.
  engine::SubmitResult Submit(DecodedBatch& decoded, std::weak_ptr<BatchWaiter> waiter);
  void Recycle(std::unique_ptr<engine::Batch> batch) { intake_.Recycle(std::move(batch)); }
  // Of batches in flight whose waiter goes: they are held until they come back.
  void LeaveBehind(std::size_t bytes) { left_behind_.Set(left_behind_.bytes() + bytes); }

 private:
  const std::shared_ptr<IoThread> io_thread_;
  Intake intake_;
  ByteBudget::Share left_behind_;
};

}  // namespace panelpuls::server
