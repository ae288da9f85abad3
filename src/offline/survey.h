// The same estimates without a server: records from files into one state, then a snapshot.
// Threads  one.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "estimate/figures/estimates.h"
#include "estimate/wave_difference.h"
#include "snapshot/contents.h"
#include "state/state.h"
#include "wave/frame.h"
#include "wave/resolver.h"

namespace panelpuls::offline {

struct SurveyOptions {
  std::vector<wave::FrameUnit> frame = {};  // empty unless the wave has one
  bool keeps_course = false;                // for Course(); keeps every response in memory
};

class Survey {
 public:
  // Nothing is marked and an absent time sorts lowest.
  static absl::StatusOr<std::unique_ptr<Survey>> Create(std::shared_ptr<const wave::Wave> wave,
                                                        const SurveyOptions& options);
  ~Survey();

  // The result; kRejected and kConflict fill *rejection.
  wave::Result Add(const wave::RawResponse& response, wave::Rejection* rejection);
  wave::Result Add(const wave::RawCaseEvent& event, wave::Rejection* rejection);

  // As BatchBuilder has it: answers to questions that the definition does not list.
  std::vector<std::string> TakeIgnoredQuestions(std::uint64_t* count);

  // Estimates of what was added so far. The inputs' pointers live until the next call.
  snapshot::Contents Estimate();
  // The history as a server would have it that had received each response when it was collected,
  // whatever the order they were added in. Only with keeps_course. FailedPrecondition: a response
  // has no collected_at.
  absl::StatusOr<std::vector<snapshot::HistoryHour>> Course();
  const state::State& state() const;
  const std::shared_ptr<const wave::Wave>& wave() const;
  // What a respondent id is known as in state().
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  Key KeyOf(std::string_view respondent_id) const;
  // The respondents so far, for differences between waves. Equal respondent ids have equal keys in
  // every Survey.
  std::vector<estimate::WaveUnit> Units() const;

 private:
  struct Impl;
  explicit Survey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::offline
