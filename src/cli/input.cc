#include "cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace panelpuls::cli {
namespace {

// What has no place to read at, as the file system's own reading needs it.
bool IsStream(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

absl::StatusOr<std::string> ReadStream(const std::string& path) {
  const auto failed = [&path] {
    return Unavailable("cannot read {}: {}", path, std::generic_category().message(errno));
  };
  const int stream = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (stream < 0) return failed();
  std::string content;
  std::array<char, 1 << 16> part;
  for (;;) {
    const ssize_t got = ::read(stream, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const absl::Status status = got == 0 ? absl::OkStatus() : failed();
      ::close(stream);
      if (!status.ok()) return status;
      return content;
    }
    content.append(part.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") return ReadInput("/dev/stdin");
  return IsStream(path) ? ReadStream(path) : ReadWholeFile(PosixFileSystem(), path);
}

}  // namespace panelpuls::cli
