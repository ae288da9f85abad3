#include "cli/machine.h"

#include <filesystem>

#include "base/file.h"

namespace panelpuls::cli {
absl::StatusOr<std::uint64_t> FreeDisk(const std::string& directory) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(directory, error);
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return PosixFileSystem().FreeBytes(path.string());
}

}  // namespace panelpuls::cli
