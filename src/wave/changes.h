// What differs between two definitions of one wave, and what that means for responses that are
// there. Records hold numbers of channels, categories, questions and options, and base weights; all
// else is computed from them anew at each start. So a field may change unless
// compare_definitions.cc says that records hold it: one that it does not know is computed.
// Threads  any; pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "wave/wave.h"

namespace panelpuls::wave {

enum class ChangeKind {
  kComputed,   // everything is computed by the new one, earlier responses too
  kLater,      // holds for what is received from then on; earlier verdicts stay
  kAdded,      // at the end of a list: earlier responses have nothing of it
  kTakenBack,  // items of a list are not in their place any more: only while no record holds one
  kRefused,
};
// "computed", "later", "added", "taken_back", "refused".
std::string_view ChangeKindName(ChangeKind kind);

struct Change {
  ChangeKind kind = ChangeKind::kComputed;
  std::string what = {};    // "questions[orders].options[none].label.en"
  std::string before = {};  // empty: absent
  std::string after = {};
  // kRefused, kTakenBack: why it cannot be, and what to do.
  std::string reason = {};
  // It changes what figures estimate, so a new confidence sequence begins (METHOD M6).
  bool begins_sequence = false;
};

// In the definition's order; of both the canonical form is compared. Nothing: they are the same.
std::vector<Change> CompareDefinitions(const Wave& before, const Wave& after);

// "fieldwork_end: 2025-10-31 -> 2025-11-14", with what its kind means.
std::string DescribeChange(const Change& change);

// A definition that a directory was opened with.
struct DefinitionVersion {
  std::shared_ptr<const Wave> wave = {};
  Micros since = kNoTime;            // receipt time of its record in the first partition
  std::vector<Change> changes = {};  // of the one before it
};

// Since when the confidence sequence runs: kNoTime before any version.
Micros SequenceSince(const std::vector<DefinitionVersion>& versions);

}  // namespace panelpuls::wave
