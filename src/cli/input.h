// Files that a command line names.
// Threads  main only.
#pragma once

#include <string>

#include "base/status.h"

namespace panelpuls::cli {

// The whole content of a file, or of a pipe such as /dev/stdin, for which - stands, or the shell's
// <(...), up to its end. NotFound and the like name the path.
absl::StatusOr<std::string> ReadInput(const std::string& path);

}  // namespace panelpuls::cli
