#include "wave/changes.h"

#include <fmt/format.h>

#include <algorithm>

namespace panelpuls::wave {

std::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kComputed:
      return "computed";
    case ChangeKind::kLater:
      return "later";
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kTakenBack:
      return "taken_back";
    case ChangeKind::kRefused:
      break;
  }
  return "refused";
}

std::string DescribeChange(const Change& change) {
  const auto shown = [](const std::string& value) { return value.empty() ? "(none)" : value; };
  const std::string values =
      fmt::format("{}: {} -> {}", change.what, shown(change.before), shown(change.after));
  switch (change.kind) {
    case ChangeKind::kComputed:
      return values + " (for all responses)";
    case ChangeKind::kLater:
      return values + " (for what is received from then on)";
    case ChangeKind::kAdded:
      return fmt::format("{}: added at the end", change.what);
    case ChangeKind::kTakenBack:
      return values + " (while no record holds what is taken out)";
    case ChangeKind::kRefused:
      break;
  }
  return fmt::format("{}: refused: {}", change.what, change.reason);
}

Micros SequenceSince(const std::vector<DefinitionVersion>& versions) {
  Micros since = kNoTime;
  for (const DefinitionVersion& version : versions) {
    const bool begins = std::any_of(version.changes.begin(), version.changes.end(),
                                    [](const Change& change) { return change.begins_sequence; });
    if (since == kNoTime || begins) since = version.since;
  }
  return since;
}

}  // namespace panelpuls::wave
