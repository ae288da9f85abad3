// One io thread: an io_context of its own, the connections that live on it, its intake and views.
// Threads  Start, BeginStop, Join: the server; Post, PublishSnapshot: any; all else: its own
// thread. Waits for  sockets, and for what is posted to it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>

#include "base/status.h"
#include "engine/engine.h"
#include "server/asio.h"
#include "server/byte_budget.h"
#include "server/connections.h"
#include "server/intake.h"
#include "server/shared.h"
#include "server/shared_bodies.h"
#include "server/turns.h"
#include "server/views.h"

namespace panelpuls::server {

// Who waits for the end of a batch, which need not be durable. The batch is given back by
// Intake::Recycle.
class BatchWaiter {
 public:
  virtual ~BatchWaiter() = default;
  virtual void OnBatchDone(std::unique_ptr<engine::Batch> batch) = 0;
};

class IoThread : public std::enable_shared_from_this<IoThread> {
 public:
  // `shared` outlives it. Throws system_error where the system has no descriptors for it.
  IoThread(Shared& shared, std::string name, Transport transport, const ConnectionLimits& limits);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Unavailable: no thread can be made.
  absl::Status Start();
  // Lets every connection finish what it began; those that have not after the grace are cut off.
  void BeginStop();
  // Returns when no connection is left.
  void Join();

  asio::io_context& context() { return context_; }
  Shared& shared() { return shared_; }
  Intake& intake() { return intake_; }
  Views& views() { return views_; }
  // Of long batches: to begin reading a body, so that few lie half read beside each other and what
  // is decoded is in a cache still; and to decode one, so that a reader is seen in between.
  Turns& body_turns() { return body_turns_; }
  Turns& decode_turns() { return decode_turns_; }
  // Long messages while they are read; batches from being decoded until they are answered, and
  // answers until they are written.
  ByteBudget& message_budget() { return message_budget_; }
  ByteBudget& batch_budget() { return batch_budget_; }
  SharedBodies& shared_bodies() { return shared_bodies_; }
  bool stopping() const { return stopping_; }
  // IMF-fixdate of now, made once a second.
  std::string_view Date();

  void PublishSnapshot(engine::SnapshotPointer snapshot);

  // As Intake::Submit; `waiter` hears of it on this thread, if it is still there then.
  engine::SubmitResult Submit(DecodedBatch& decoded, std::weak_ptr<BatchWaiter> waiter);

  // Of batches in flight whose waiter goes: they are held until they come back.
  void LeaveBehind(std::size_t bytes);

  Connections& connections() { return connections_; }
  void Add(Connection* connection);
  void Remove(Connection* connection);

 private:
  void Run();
  void ArmSweeper();
  void Sweep();
  void EndIfIdle();
  void GiveBackMemory(SteadyTime now);

  Shared& shared_;
  const std::string name_;
  asio::io_context context_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  ByteBudget message_budget_;
  ByteBudget batch_budget_;
  ByteBudget::Share left_behind_;
  SharedBodies shared_bodies_;
  Turns body_turns_;
  Turns decode_turns_;
  asio::steady_timer sweeper_;
  bool sweeper_armed_ = false;
  // Most that was held since memory was given back, and since when little is held.
  std::size_t held_peak_ = 0;
  SteadyTime little_held_since_ = SteadyTime::max();
  Connections connections_;
  Intake intake_;
  Views views_;
  bool stopping_ = false;
  SteadyTime cut_off_at_ = SteadyTime::max();
  std::string date_;
  std::int64_t date_second_ = -1;
  std::thread thread_;
};

}  // namespace panelpuls::server
