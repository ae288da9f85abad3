#include "server/connection/io_thread.h"

#include <fmt/chrono.h>
#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <utility>

#include "base/thread.h"
#include "server/connection/connection.h"
#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

constexpr std::chrono::milliseconds kSweepPause{100};
constexpr std::chrono::seconds kStopGrace{5};
// The allocator keeps what was freed; after a time of more than this, and a while of less than
// that, it gives it back to the system.
constexpr std::size_t kMuchHeld = 8u << 20;
constexpr std::size_t kLittleHeld = 1u << 20;
constexpr std::chrono::seconds kCalm{1};

}  // namespace

IoThread::IoThread(const ServerOptions& options, Metrics& metrics, std::string name,
                   Transport transport, const ConnectionLimits& limits)
    : options_(options),
      metrics_(metrics),
      name_(std::move(name)),
      work_(asio::make_work_guard(context_)),
      message_budget_(BudgetBytes(options)),
      batch_budget_(BudgetBytes(options)),
      shared_bodies_(BudgetBytes(options)),
      body_turns_(context_),
      decode_turns_(context_),
      sweeper_(context_),
      connections_(transport, limits, metrics) {}

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
  if (give_back_) give_back_();
  ::malloc_trim(0);
}

void IoThread::EndIfIdle() {
  if (stopping_ && connections_.empty()) work_.reset();
}

}  // namespace panelpuls::server
