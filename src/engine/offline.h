// The same estimates without a server: records from files into one state, then a snapshot.
// Threads  one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "estimate/estimates.h"
#include "estimate/wave_difference.h"
#include "report/snapshot.h"
#include "state/state.h"
#include "wave/frame.h"
#include "wave/resolver.h"

namespace panelpuls::engine {

class Offline {
 public:
  // `frame`: empty unless the wave has one. Nothing is marked and an absent time sorts lowest.
  static absl::StatusOr<std::unique_ptr<Offline>> Create(std::shared_ptr<const wave::Wave> wave,
                                                         const std::vector<wave::FrameUnit>& frame);
  ~Offline();

  // The result; kRejected fills *rejection.
  wave::Result Add(const wave::RawResponse& response, wave::Rejection* rejection);
  wave::Result Add(const wave::RawCaseEvent& event, wave::Rejection* rejection);

  // Estimates of what was added so far. The inputs' pointers live until the next call.
  report::SnapshotInputs Estimate();
  const state::State& state() const;
  const std::shared_ptr<const wave::Wave>& wave() const;
  // The respondents so far, for differences between waves. Equal respondent ids have equal keys in
  // every Offline.
  std::vector<estimate::WaveUnit> Units() const;

 private:
  struct Impl;
  explicit Offline(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::engine
