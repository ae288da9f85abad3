#include "cli/machine.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace panelpuls::cli {
namespace {

std::optional<std::uint64_t> ParseFirst(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> NumberIn(const char* file, std::string_view line_begin) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(line_begin)) return ParseFirst(line);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> AvailableMemory() {
  std::optional<std::uint64_t> available = NumberIn("/proc/meminfo", "MemAvailable:");
  if (available.has_value()) *available *= 1024;
  // A container's own limit, if any ("max": none).
  const auto limit = NumberIn("/sys/fs/cgroup/memory.max", "");
  const auto used = NumberIn("/sys/fs/cgroup/memory.current", "");
  if (!limit.has_value() || !used.has_value()) return available;
  const std::uint64_t left = *limit > *used ? *limit - *used : 0;
  return std::min(available.value_or(left), left);
}

absl::StatusOr<std::uint64_t> FreeDisk(const std::string& directory) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(directory, error);
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return PosixFileSystem().FreeBytes(path.string());
}

}  // namespace panelpuls::cli
