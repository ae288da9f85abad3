#include "server/io_thread.h"

#include <fmt/chrono.h>
#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <utility>

#include "base/thread.h"
#include "server/connection.h"
#include "server/log.h"

namespace panelpuls::server {
namespace {

constexpr std::chrono::milliseconds kSweepPause{100};
constexpr std::chrono::seconds kStopGrace{5};
// The allocator keeps what was freed; after a time of more than this, and a while of less than
// that, it gives it back to the system.
constexpr std::size_t kMuchHeld = 8u << 20;
constexpr std::size_t kLittleHeld = 1u << 20;
constexpr std::chrono::seconds kCalm{1};

IntakeOptions IntakeOptionsOf(const ServerOptions& options) {
  IntakeOptions intake;
  intake.max_records = options.max_records;
  intake.max_bytes = options.max_body_bytes;
  return intake;
}

}  // namespace

IoThread::IoThread(Shared& shared, std::string name, Transport transport,
                   const ConnectionLimits& limits)
    : shared_(shared),
      name_(std::move(name)),
      work_(asio::make_work_guard(context_)),
      message_budget_(shared.budget_bytes()),
      batch_budget_(shared.budget_bytes()),
      left_behind_(batch_budget_),
      shared_bodies_(shared.budget_bytes()),
      body_turns_(context_),
      decode_turns_(context_),
      sweeper_(context_),
      connections_(transport, limits, shared.metrics),
      intake_(shared.engine, IntakeOptionsOf(shared.options)) {}

IoThread::~IoThread() = default;

absl::Status IoThread::Start() {
  PP_ASSIGN_OR_RETURN(thread_, StartThread(name_, [this] { Run(); }));
  return absl::OkStatus();
}

void IoThread::Run() {
  // Sessions catch what is thrown in them; this is the net below, so that one thread's mishap does
  // not end the process.
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& error) {
      LogError("io thread", error.what());
    }
  }
}

void IoThread::BeginStop() {
  asio::post(context_, [this] {
    stopping_ = true;
    cut_off_at_ = std::chrono::steady_clock::now() + kStopGrace;
    for (Connection* connection : connections_.All()) connection->BeginStop();
    ArmSweeper();
    EndIfIdle();
  });
}

void IoThread::Join() {
  if (thread_.joinable()) thread_.join();
}

std::string_view IoThread::Date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return date_;
}

void IoThread::PublishSnapshot(engine::SnapshotPointer snapshot) {
  // Bare `this`: what is posted runs on this object's thread or never, and must not keep it alive.
  asio::post(context_,
             [this, newer = std::move(snapshot)]() mutable { views_.Publish(std::move(newer)); });
}

engine::SubmitResult IoThread::Submit(DecodedBatch& decoded, std::weak_ptr<BatchWaiter> waiter) {
  // Runs on a writer's thread. Holding this object keeps the context there to post to, also when
  // the server stopped meanwhile; then nobody runs what is posted.
  auto done = [self = shared_from_this(), waiter = std::move(waiter),
               bytes = decoded.held_bytes](std::unique_ptr<engine::Batch> batch) {
    asio::post(self->context_,
               [io_thread = self.get(), waiter, bytes, batch = std::move(batch)]() mutable {
                 if (const auto waiting = waiter.lock()) {
                   waiting->OnBatchDone(std::move(batch));
                 } else {
                   io_thread->intake_.Recycle(std::move(batch));
                   io_thread->left_behind_.Set(io_thread->left_behind_.bytes() - bytes);
                 }
               });
  };
  return intake_.Submit(decoded, std::move(done));
}

void IoThread::LeaveBehind(std::size_t bytes) { left_behind_.Set(left_behind_.bytes() + bytes); }

void IoThread::Add(Connection* connection) {
  connections_.Add(connection);
  ArmSweeper();
}

void IoThread::Remove(Connection* connection) {
  connections_.Remove(connection);
  EndIfIdle();
}

void IoThread::ArmSweeper() {
  const bool needed = !connections_.empty() || (held_peak_ >= kMuchHeld && !stopping_);
  if (sweeper_armed_ || !needed) return;
  sweeper_armed_ = true;
  sweeper_.expires_after(kSweepPause);
  sweeper_.async_wait([this](const ErrorCode&) {
    sweeper_armed_ = false;
    Sweep();
    ArmSweeper();
  });
}

void IoThread::Sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (Connection* connection : connections_.All()) {
    if (now >= cut_off_at_) {
      connection->Abort();
    } else {
      connection->Sweep(now);
    }
  }
  GiveBackMemory(now);
}

void IoThread::GiveBackMemory(SteadyTime now) {
  const std::size_t held = message_budget_.TakePeak() + batch_budget_.TakePeak();
  held_peak_ = std::max(held_peak_, held);
  if (held >= kLittleHeld) {
    little_held_since_ = SteadyTime::max();
    return;
  }
  if (little_held_since_ == SteadyTime::max()) little_held_since_ = now;
  if (held_peak_ < kMuchHeld || now - little_held_since_ < kCalm) return;
  held_peak_ = 0;
  intake_.GiveBack();
  ::malloc_trim(0);
}

void IoThread::EndIfIdle() {
  if (stopping_ && connections_.empty()) work_.reset();
}

}  // namespace panelpuls::server
