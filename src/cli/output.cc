#include "cli/output.h"

#include <array>
#include <cstdio>

#include "base/file.h"
#include "cli/exit_codes.h"

namespace panelpuls::cli {

void Say(std::string_view message) {
  const std::string line = fmt::format("panelpuls: {}\n", message);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int Fail(const absl::Status& status) {
  Say(ToStd(status.message()));
  return ExitCodeOf(status);
}

absl::Status WriteOut(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return absl::OkStatus();
  return Unavailable("standard output cannot be written");
}

absl::Status WriteOutput(const std::string& path, std::string_view text) {
  return WriteFileAtomically(PosixFileSystem(), path, text);
}

std::string Thousands(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t place = text.size(); place > 3;) text.insert(place -= 3, ",");
  return text;
}

std::string Bytes(std::uint64_t bytes) {
  constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} bytes", bytes)
                   : fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

}  // namespace panelpuls::cli
