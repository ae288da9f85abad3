// What commands write: results to stdout, everything said about them to stderr.
// Threads  any, one line a call.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace panelpuls::cli {

// "panelpuls: message" on stderr.
void Say(std::string_view message);
// Says the status and gives the exit code that goes with it.
int Fail(const absl::Status& status);

// To stdout, or to a file with the old or the new content, never a mix. Unavailable: cannot be
// written (also a full pipe's end).
absl::Status WriteOut(std::string_view text);
absl::Status WriteOutput(const std::string& path, std::string_view text);

// 12,345,678
std::string Thousands(std::uint64_t number);
// 1.5 MiB
std::string Bytes(std::uint64_t bytes);

}  // namespace panelpuls::cli
