#include "base/thread.h"

#include <atomic>
#include <exception>
#include <system_error>
#include <utility>

#include "base/thread_name.h"

namespace panelpuls {
namespace {

// Starts left until the one that fails; 0: none fails.
// pairs-with: itself (relaxed): nothing else is read by it.
std::atomic<std::uint64_t> starts_to_failure{0};

// Whether this is the one that FailThreadStart asked for.
bool IsToFail() {
  std::uint64_t left = starts_to_failure.load(std::memory_order_relaxed);
  while (left > 0 &&
         !starts_to_failure.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {
  }
  return left == 1;
}

}  // namespace

absl::StatusOr<Thread> StartThread(const std::string& name, std::function<void()> run) {
  try {
    if (IsToFail()) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return Thread([name, run = std::move(run)] {
      NameThisThread(name);
      run();
    });
  } catch (const std::exception& error) {
    return Unavailable(
        "cannot start the thread \"{}\": {}; raise the limit on threads (ulimit -u, pids.max of "
        "the "
        "container) or give the process more memory",
        name, error.what());
  }
}

void FailThreadStart(std::uint64_t nth) { starts_to_failure.store(nth, std::memory_order_relaxed); }

}  // namespace panelpuls
