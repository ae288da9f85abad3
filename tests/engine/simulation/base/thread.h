// Stands in front of src/base/thread.h where the engine is built for the simulation: the same
// names, whose threads take turns as a schedule says. Each lock, wait and notification is a step.
// Threads  those of the schedule; beside a schedule one at a time, and nothing may wait.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "base/status.h"
#include "engine/simulation/schedule.h"

namespace panelpuls {

// Other types than the program's, so other names for the linker.
inline namespace scheduled {

using testing::Schedule;

struct SteadyClock {
  using duration = Schedule::Time::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = Schedule::Time;
  static constexpr bool is_steady = true;
  static time_point now() { return Schedule::Now(); }
};

class Mutex {
 public:
  void lock() {
    Schedule::Step();
    while (held_) Schedule::Wait(this, Schedule::Time::max());
    held_ = true;
  }
  void unlock() {
    held_ = false;
    Schedule::WakeAll(this);
  }

 private:
  bool held_ = false;
};

class Condition {
 public:
  void notify_one() { Schedule::WakeOne(this); }
  void notify_all() { Schedule::WakeAll(this); }

  void wait(std::unique_lock<Mutex>& lock) { WaitOnce(lock, Schedule::Time::max()); }
  template <typename Predicate>
  void wait(std::unique_lock<Mutex>& lock, Predicate is_true) {
    while (!is_true()) wait(lock);
  }
  template <typename Predicate>
  bool wait_until(std::unique_lock<Mutex>& lock, Schedule::Time deadline, Predicate is_true) {
    while (!is_true()) {
      if (!WaitOnce(lock, deadline)) return is_true();
    }
    return true;
  }
  template <typename Rep, typename Period, typename Predicate>
  bool wait_for(std::unique_lock<Mutex>& lock, std::chrono::duration<Rep, Period> timeout,
                Predicate is_true) {
    return wait_until(lock, Schedule::Now() + timeout, std::move(is_true));
  }

 private:
  // Nobody runs between the unlocking and the waiting. False: the deadline passed.
  bool WaitOnce(std::unique_lock<Mutex>& lock, Schedule::Time deadline) {
    lock.unlock();
    const bool woken = Schedule::MayWakeForNothing() || Schedule::Wait(this, deadline);
    lock.lock();
    return woken;
  }
};

// As std::atomic<std::uint32_t>; the steps are in one order, so orders of memory are the model
// checker's.
class WaitWord {
 public:
  explicit WaitWord(std::uint32_t value) : value_(value) {}
  std::uint32_t load(std::memory_order) const {
    Schedule::Step();
    return value_;
  }
  void store(std::uint32_t value, std::memory_order) {
    Schedule::Step();
    value_ = value;
  }
  void wait(std::uint32_t old, std::memory_order) const {
    while (value_ == old) Schedule::Wait(this, Schedule::Time::max());
  }
  void notify_one() { Schedule::WakeOne(this); }

 private:
  std::uint32_t value_;
};

class Thread {
 public:
  Thread() = default;
  explicit Thread(std::function<void()> run) : number_(Schedule::Start(std::move(run))) {}
  Thread(Thread&& other) noexcept : number_(std::exchange(other.number_, Schedule::kNone)) {}
  Thread& operator=(Thread&& other) noexcept {
    PP_CHECK(!joinable());
    number_ = std::exchange(other.number_, Schedule::kNone);
    return *this;
  }
  ~Thread() { PP_CHECK(!joinable()); }

  bool joinable() const { return number_ != Schedule::kNone; }
  void join() { Schedule::Join(std::exchange(number_, Schedule::kNone)); }

 private:
  std::size_t number_ = Schedule::kNone;
};

inline absl::StatusOr<Thread> StartThread(const std::string& name, std::function<void()> run) {
  if (Schedule::RefusesThread()) return Unavailable("cannot start the thread \"{}\"", name);
  return Thread(std::move(run));
}

}  // namespace scheduled
}  // namespace panelpuls
