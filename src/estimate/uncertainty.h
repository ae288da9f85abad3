// Standard errors, intervals and what is said about them, for the figures of one cube: METHOD
// M4-M6. Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "estimate/estimates.h"
#include "estimate/figure_plan.h"
#include "estimate/interval.h"
#include "estimate/sequence.h"
#include "estimate/variance.h"
#include "estimate/weighted_sums.h"

namespace panelpuls::estimate {

class Uncertainty {
 public:
  // Wave and map outlive this.
  Uncertainty(const wave::Wave& wave, const CellMap& map);

  // Once a cube; the arguments outlive the calls that follow.
  void Prepare(const VarianceEstimator::Inputs& inputs);

  // Fills what a figure with n, n_effective and value lacks.
  void Fill(const FigurePlan& plan, const SourceSums& sums, FigureValue* figure) const;

  // A domain whose size calibration does not know.
  bool HasRandomSize(const FigurePlan& plan) const;
  const VarianceEstimator& variance() const { return variance_; }

 private:
  struct Facts;
  void NoteNotReportable(FigureValue* figure) const;
  void FillErrors(const FigurePlan& plan, const Facts& facts, FigureValue* figure) const;
  void FillLimits(const FigurePlan& plan, const Facts& facts, FigureValue* figure) const;
  void FillSequence(const FigurePlan& plan, const Facts& facts, FigureValue* figure) const;

  const wave::Wave& wave_;
  ConfidenceSequence sequence_;
  VarianceEstimator variance_;
  const MarginSet* margins_ = nullptr;
  double respondents_ = 0;
};

}  // namespace panelpuls::estimate
