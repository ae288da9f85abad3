// What may change while a wave runs (docs/DEFINITION.md).
#include <algorithm>

#include "wave/changes.h"
#include "wave/definition.h"

namespace panelpuls::wave {

absl::Status CheckCompatible(const Wave& running, const Wave& edited, TakingBack taking_back) {
  if (running.definition_id == edited.definition_id) return absl::OkStatus();
  const Change* first = nullptr;
  std::size_t more = 0;
  const std::vector<Change> changes = CompareDefinitions(running, edited);
  for (const Change& change : changes) {
    const bool refused =
        change.kind == ChangeKind::kRefused ||
        (change.kind == ChangeKind::kTakenBack && taking_back == TakingBack::kRefused);
    if (!refused) continue;
    if (first != nullptr) ++more;
    if (first == nullptr) first = &change;
  }
  if (first == nullptr) return absl::OkStatus();
  if (more == 0) return FailedPrecondition("{}", first->reason);
  return FailedPrecondition("{} (and {} more: `panelpuls check-wave --against DIR` says all)",
                            first->reason, more);
}

bool CountAlike(const Wave& a, const Wave& b) {
  if (a.definition_id == b.definition_id) return true;
  const std::vector<Change> changes = CompareDefinitions(a, b);
  return std::none_of(changes.begin(), changes.end(), [](const Change& change) {
    // Labels of groups say nothing.
    return change.begins_sequence &&
           (change.what.starts_with("indicator") || change.what.ends_with(".required") ||
            change.what == "channel_priority");
  });
}

}  // namespace panelpuls::wave
