// Threads that take turns: of all that were started exactly one runs, until it comes to a step or
// must wait; who goes on then is drawn from the seed. So a run repeats exactly, whatever the
// machine does, and thousands of runs see thousands of orders. Time is the schedule's, too: it
// passes with the steps, and leaps to the next deadline when all wait. Threads  real ones, so that
// the code under them is compiled and run as ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace panelpuls::testing {

class Schedule {
 public:
  using Time = std::chrono::time_point<std::chrono::steady_clock>;
  static constexpr std::size_t kNone = ~std::size_t{0};

  // Of those that are runnable some threads go on more often than others, and all switch more or
  // less often: both by seed.
  explicit Schedule(std::uint64_t seed);
  ~Schedule();

  // Runs `body` as the first thread, and returns when it and all that it started have ended. One
  // schedule at a time. When every thread waits for ever, the seed is printed and the process ends.
  void Run(std::function<void()> body);
  // Steps so far, of all threads.
  std::uint64_t steps() const { return steps_; }

  // All below: of the schedule that the calling thread runs in. Without one there is nothing to
  // take turns with: steps do nothing, and waiting is a mistake.

  static void Step();
  // Waits until somebody wakes `what`; false: the deadline came first.
  static bool Wait(const void* what, Time deadline);
  static void WakeOne(const void* what);
  static void WakeAll(const void* what);
  // Hardly ever true.
  static bool MayWakeForNothing();
  static Time Now();
  static std::size_t Start(std::function<void()> run);
  static void Join(std::size_t number);
  // From now on each start of a thread fails with this chance, one in `chance`; 0: none.
  static void RefuseThreads(std::uint64_t chance);
  static bool RefusesThread();
  // Of this schedule's own chances.
  static std::uint64_t Below(std::uint64_t bound);
  static bool OneIn(std::uint64_t chance) { return Below(chance) == 0; }

 private:
  struct Worker;

  void Work(std::size_t number, const std::function<void()>& run);
  // Lets the drawn thread go on; returns when it is the caller's turn again.
  void SwitchFrom(std::size_t number);
  std::size_t Draw();
  void PassTime();
  [[noreturn]] void Deadlock() const;
  std::uint64_t Random(std::uint64_t bound) { return random_() % bound; }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  std::uint64_t switch_chance_;  // one in
  std::uint64_t refuse_chance_ = 0;
  std::uint64_t steps_ = 0;
  Time now_;

  std::mutex mutex_;  // with the worker's turn: hands everything above and below on
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace panelpuls::testing
