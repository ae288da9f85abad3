// Starting a thread, which the system may refuse: as a status, not as an exception.
// Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/status.h"

namespace panelpuls {

// A thread that has this name (15 bytes of it) and runs `run`. Unavailable, with what would mend
// it, when the system has no thread or no memory left for one; then `run` is never called.
absl::StatusOr<std::thread> StartThread(const std::string& name, std::function<void()> run);

// For tests: of the threads started from now on, by whichever thread, the nth (1: the next) cannot
// be made. Once; 0: none.
void FailThreadStart(std::uint64_t nth);

}  // namespace panelpuls
