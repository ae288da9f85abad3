#include "base/descriptors.h"

#include <dirent.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

namespace panelpuls {
namespace {

// Entries of /proc/self/fd but the one that lists them; without /proc the usual three.
std::uint64_t CountOpen() {
  DIR* const listed = ::opendir("/proc/self/fd");
  if (listed == nullptr) return 3;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(listed)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(listed);
  return count - 1;
}

}  // namespace

absl::StatusOr<Descriptors> RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return Unavailable("the limit on descriptors cannot be read: {}", std::strerror(errno));
  }
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) raised = limit;  // then it stays as it is
  return Descriptors{.most = raised.rlim_cur, .open = CountOpen()};
}

}  // namespace panelpuls
