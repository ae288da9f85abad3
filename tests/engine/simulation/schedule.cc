#include "engine/simulation/schedule.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/status.h"

namespace panelpuls::testing {
namespace {

thread_local Schedule* current = nullptr;
thread_local std::size_t own_number = Schedule::kNone;

// Anything but the beginning of time.
constexpr std::chrono::hours kBegin{1000};

}  // namespace

struct Schedule::Worker {
  enum State { kRunnable, kWaiting, kEnded };
  State state = kRunnable;
  const void* waits_for = nullptr;
  Time deadline = Time::max();
  bool woken = false;
  std::uint64_t weight = 1;
  bool has_turn = false;
  std::condition_variable turn;
  std::thread thread;

  bool MayRun(Time now) const {
    return state == kRunnable || (state == kWaiting && deadline <= now);
  }
};

Schedule::Schedule(std::uint64_t seed)
    : seed_(seed), random_(seed), switch_chance_(std::uint64_t{1} << Random(5)), now_(kBegin) {}
Schedule::~Schedule() = default;

void Schedule::Run(std::function<void()> body) {
  PP_CHECK(current == nullptr && workers_.empty());
  current = this;
  Start(std::move(body));
  current = nullptr;
  std::unique_lock lock(mutex_);
  workers_[0]->has_turn = true;
  workers_[0]->turn.notify_one();
  // Started threads only become more while the first runs; it joins them all before it ends.
  lock.unlock();
  workers_[0]->thread.join();
  for (const auto& worker : workers_) PP_CHECK(worker->state == Worker::kEnded);
}

std::size_t Schedule::Start(std::function<void()> run) {
  Schedule& schedule = *current;
  const std::size_t number = schedule.workers_.size();
  auto worker = std::make_unique<Worker>();
  worker->weight = std::uint64_t{1} << (2 * schedule.Random(3));
  Worker& started = *worker;
  {
    std::lock_guard lock(schedule.mutex_);
    schedule.workers_.push_back(std::move(worker));
  }
  started.thread =
      std::thread([&schedule, number, run = std::move(run)] { schedule.Work(number, run); });
  if (own_number != kNone) Step();
  return number;
}

void Schedule::Work(std::size_t number, const std::function<void()>& run) {
  current = this;
  own_number = number;
  {
    std::unique_lock lock(mutex_);
    Worker& self = *workers_[number];
    self.turn.wait(lock, [&self] { return self.has_turn; });
  }
  run();
  workers_[number]->state = Worker::kEnded;
  WakeAll(workers_[number].get());
  if (number != 0) SwitchFrom(number);
}

void Schedule::Join(std::size_t number) {
  Schedule& schedule = *current;
  Worker& worker = *schedule.workers_[number];
  while (worker.state != Worker::kEnded) Wait(&worker, Time::max());
  worker.thread.join();
}

void Schedule::SwitchFrom(std::size_t number) {
  Worker& self = *workers_[number];
  const std::size_t next = Draw();
  Worker& other = *workers_[next];
  if (other.state == Worker::kWaiting) other.state = Worker::kRunnable;  // its deadline passed
  if (next == number) return;
  std::unique_lock lock(mutex_);
  self.has_turn = false;
  other.has_turn = true;
  other.turn.notify_one();
  if (self.state == Worker::kEnded) return;
  self.turn.wait(lock, [&self] { return self.has_turn; });
}

std::size_t Schedule::Draw() {
  for (;;) {
    std::uint64_t weights = 0;
    Time next_deadline = Time::max();
    for (const auto& worker : workers_) {
      if (worker->MayRun(now_)) weights += worker->weight;
      if (worker->state == Worker::kWaiting) {
        next_deadline = std::min(next_deadline, worker->deadline);
      }
    }
    if (weights == 0) {
      if (next_deadline == Time::max()) Deadlock();
      now_ = next_deadline;
      continue;
    }
    std::uint64_t drawn = Random(weights);
    for (std::size_t number = 0;; ++number) {
      if (!workers_[number]->MayRun(now_)) continue;
      if (drawn < workers_[number]->weight) return number;
      drawn -= workers_[number]->weight;
    }
  }
}

void Schedule::PassTime() {
  ++steps_;
  // Mostly a step takes microseconds; now and then a thread is held up.
  now_ += std::chrono::microseconds(Random(64) == 0 ? Random(50'000) : Random(20));
}

void Schedule::Deadlock() const {
  std::fprintf(stderr, "seed %llu: all threads wait for ever\n",
               static_cast<unsigned long long>(seed_));
  std::abort();
}

void Schedule::Step() {
  if (current == nullptr) return;
  Schedule& schedule = *current;
  schedule.PassTime();
  if (schedule.Random(schedule.switch_chance_) == 0) schedule.SwitchFrom(own_number);
}

bool Schedule::Wait(const void* what, Time deadline) {
  PP_CHECK(current != nullptr);
  Schedule& schedule = *current;
  schedule.PassTime();
  Worker& self = *schedule.workers_[own_number];
  self.state = Worker::kWaiting;
  self.waits_for = what;
  self.deadline = deadline;
  self.woken = false;
  schedule.SwitchFrom(own_number);
  self.waits_for = nullptr;
  self.deadline = Time::max();
  return self.woken;
}

void Schedule::WakeOne(const void* what) {
  if (current == nullptr) return;
  std::vector<Worker*> waiting;
  for (const auto& worker : current->workers_) {
    if (worker->state == Worker::kWaiting && worker->waits_for == what) {
      waiting.push_back(worker.get());
    }
  }
  if (waiting.empty()) return;
  Worker& chosen = *waiting[current->Random(waiting.size())];
  chosen.state = Worker::kRunnable;
  chosen.woken = true;
}

void Schedule::WakeAll(const void* what) {
  if (current == nullptr) return;
  for (const auto& worker : current->workers_) {
    if (worker->state != Worker::kWaiting || worker->waits_for != what) continue;
    worker->state = Worker::kRunnable;
    worker->woken = true;
  }
}

bool Schedule::MayWakeForNothing() { return current != nullptr && current->Random(64) == 0; }

Schedule::Time Schedule::Now() { return current != nullptr ? current->now_ : Time(kBegin); }

void Schedule::RefuseThreads(std::uint64_t chance) {
  PP_CHECK(current != nullptr);
  current->refuse_chance_ = chance;
}

bool Schedule::RefusesThread() {
  return current != nullptr && current->refuse_chance_ != 0 &&
         current->Random(current->refuse_chance_) == 0;
}

std::uint64_t Schedule::Below(std::uint64_t bound) {
  PP_CHECK(current != nullptr);
  return current->Random(bound);
}

}  // namespace panelpuls::testing
