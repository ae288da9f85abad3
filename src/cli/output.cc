#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/printable.h"
#include "cli/exit_codes.h"
#include "cli/output_file.h"

namespace panelpuls::cli {

namespace {

bool open_line = false;  // a line that redraws itself stands on the terminal; main thread only

}  // namespace

void Say(std::string_view message) {
  // Whatever a message quotes, it stays one line of this program's.
  const std::string line = fmt::format("{}panelpuls: {}\n", open_line ? "\r\x1b[K" : "",
                                       Printable(message, kMostLineBytes));
  open_line = false;
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Redraw(std::string_view text) {
  const std::string line = fmt::format("\r\x1b[K{}", Printable(text, kMostLineBytes));
  open_line = true;
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void EndRedrawing() {
  if (open_line) std::fputc('\n', stderr);
  open_line = false;
}

std::optional<std::size_t> TerminalWidth() {
  struct winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
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
  PP_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Open(path));
  return output.End(output.Write(text));
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
