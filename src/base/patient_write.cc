#include "base/patient_write.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>

namespace panelpuls {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Whether so much as PIPE_BUF bytes can be written without waiting, before the deadline.
bool AwaitRoom(int descriptor, steady_clock::time_point deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    pollfd waiting{descriptor, POLLOUT, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX)));
    if (ready > 0) return (waiting.revents & POLLOUT) != 0;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

bool WriteWithin(int descriptor, std::string_view text, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (!text.empty()) {
    if (!AwaitRoom(descriptor, deadline)) return false;
    const ssize_t written =
        ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

}  // namespace panelpuls
