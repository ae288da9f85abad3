// What commands write: results to stdout, everything said about them to stderr.
// Threads  main only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace panelpuls::cli {

// "panelpuls: message" on stderr: one line, without control characters, cut where it is too long.
void Say(std::string_view message);
// A line on a terminal that the next Redraw replaces, and the next Say takes away.
void Redraw(std::string_view text);
// Leaves the last one standing, and goes to the next line.
void EndRedrawing();
// Says the status and gives the exit code that goes with it.
int Fail(const absl::Status& status);

// Characters that fit in a line of stdout; none where that is no terminal.
std::optional<std::size_t> TerminalWidth();

// To stdout. Unavailable: cannot be written (a full disk, a pipe without a reader).
absl::Status WriteOut(std::string_view text);
// To what has that name (cli/output_file.h).
absl::Status WriteOutput(const std::string& path, std::string_view text);

// 12,345,678
std::string Thousands(std::uint64_t number);
// 1.5 MiB
std::string Bytes(std::uint64_t bytes);

}  // namespace panelpuls::cli
