// Times as microseconds since 1970-01-01T00:00:00Z, and the clocks that tell them.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace panelpuls {

using Micros = std::int64_t;

// No time given (offline). Sorts below every time.
inline constexpr Micros kNoTime = std::numeric_limits<Micros>::min();
inline constexpr std::int64_t kNanosPerMicro = 1'000;
inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr Micros kMicrosPerHour = 60 * kMicrosPerMinute;

// The years 1 to 9999 in UTC: no time that is taken lies outside.
inline constexpr Micros kLeastTime = -62'135'596'800 * kMicrosPerSecond;
inline constexpr Micros kMostTime = 253'402'300'800 * kMicrosPerSecond - 1;

// Threads  any, from several at once.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros Now() const = 0;
};

// The machine's wall clock. It may step back; whoever needs order keeps the last time seen.
class SystemClock final : public Clock {
 public:
  Micros Now() const override;
};

// A clock that is set: for tests, and for the simulated clock of the server.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros now) : now_(now) {}
  Micros Now() const override { return now_.load(std::memory_order_acquire); }
  void Set(Micros now) { now_.store(now, std::memory_order_release); }
  // Moves forward only. Several threads may call it.
  void AdvanceTo(Micros now) {
    Micros seen = now_.load(std::memory_order_relaxed);
    while (seen < now && !now_.compare_exchange_weak(seen, now, std::memory_order_release,
                                                     std::memory_order_relaxed)) {
    }
  }

 private:
  // pairs-with: Now (acquire) of any reader; a time is seen with what was done before it was set.
  std::atomic<Micros> now_;
};

}  // namespace panelpuls
