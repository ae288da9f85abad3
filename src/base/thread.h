// Threads and what they wait with, and starting one, which the system may refuse: as a status, not
// as an exception.
// What may wait for another thread does so by these names. The program has the standard library's;
// a test of the engine as a whole puts a header of this name in front, whose threads take turns
// (tests/engine/simulation). So nothing is paid for it here.
// Threads  any.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/status.h"

namespace panelpuls {

using Thread = std::thread;
using Mutex = std::mutex;
using Condition = std::condition_variable;
using WaitWord = std::atomic<std::uint32_t>;
using SteadyClock = std::chrono::steady_clock;

// A thread that has this name (15 bytes of it) and runs `run`. Unavailable, with what would mend
// it, when the system has no thread or no memory left for one; then `run` is never called.
absl::StatusOr<Thread> StartThread(const std::string& name, std::function<void()> run);

// For tests: of the threads started from now on, by whichever thread, the nth (1: the next) cannot
// be made. Once; 0: none.
void FailThreadStart(std::uint64_t nth);

}  // namespace panelpuls
