#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cli/output.h"

namespace panelpuls::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kNextLine = std::chrono::seconds(5);
constexpr std::uint64_t kBarWidth = 30;

}  // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) == 1),
      began_(steady_clock::now()),
      last_(began_) {}

Progress::~Progress() { End(); }

void Progress::End() {
  if (!terminal_ || !drawn_) return;
  Draw();
  EndRedrawing();
  drawn_ = false;
}

void Progress::Update(std::uint64_t done) {
  done_ = done;
  const auto now = steady_clock::now();
  if (now - last_ < (terminal_ ? kRedraw : steady_clock::duration(kNextLine))) return;
  last_ = now;
  Draw();
}

void Progress::Draw() {
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(steady_clock::now() - began_).count();
  const auto rate =
      static_cast<std::uint64_t>(static_cast<double>(done_) / std::max(seconds, 1e-3));
  std::string text = fmt::format("{} {}", what_, Thousands(done_));
  if (total_ > 0) text += fmt::format(" of {}", Thousands(total_));
  text += fmt::format(", {} a second", Thousands(rate));
  if (terminal_ && total_ > 0) {
    const std::uint64_t full = std::min(kBarWidth, done_ * kBarWidth / total_);
    text = fmt::format("[{:#<{}}{:.<{}}] {}", "", full, "", kBarWidth - full, text);
  }
  if (terminal_) {
    Redraw(text);
  } else {
    Say(text);
  }
}

}  // namespace panelpuls::cli
