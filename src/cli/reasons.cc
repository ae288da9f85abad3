#include "cli/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "cli/output.h"

namespace panelpuls::cli {
namespace {

constexpr std::uint64_t kSaidOfAReason = 3;
constexpr std::uint64_t kSaidInAll = 60;
constexpr std::size_t kReasons = 100;
// Leaves room for the place on a line of output.
constexpr std::size_t kMostReasonBytes = 600;

}  // namespace

std::string FaultText(const Fault& fault) {
  std::string place;
  if (!fault.column.empty()) {
    place = fmt::format("column \"{}\": ", Printable(fault.column));
  } else if (!fault.field.empty()) {
    place = Printable(fault.field) + ": ";
  }
  return place + Printable(fault.reason, kMostReasonBytes);
}

void Reasons::Add(std::uint64_t line, std::string_view text, std::string_view here) {
  ++count_;
  auto found = tallies_.find(text);
  if (found == tallies_.end()) {
    const bool full = tallies_.size() == kReasons;
    found = tallies_.try_emplace(full ? "other reasons" : std::string(text)).first;
  }
  Tally& tally = found->second;
  // Results of a server come later than what is found in the file itself.
  tally.first_line = tally.count == 0 ? line : std::min(tally.first_line, line);
  if (++tally.count > kSaidOfAReason || said_ == kSaidInAll) return;
  ++said_;
  Say(fmt::format("{}:{}: {}", file_, line, here.empty() ? text : here));
}

void Reasons::SayAll() const {
  if (count_ < 2) return;  // it has just been said
  std::vector<std::pair<std::string_view, Tally>> all(tallies_.begin(), tallies_.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    if (a.second.count != b.second.count) return a.second.count > b.second.count;
    return a.second.first_line < b.second.first_line;
  });
  for (const auto& [text, tally] : all) {
    Say(fmt::format("{}: {} line{}, the first {}: {}", file_, Thousands(tally.count),
                    tally.count == 1 ? "" : "s", tally.first_line, text));
  }
}

}  // namespace panelpuls::cli
