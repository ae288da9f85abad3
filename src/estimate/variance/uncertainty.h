// Standard errors, intervals and what is said about them, for the figures of one cube: METHOD
// M4-M6. Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/numeric/interval.h"
#include "estimate/numeric/sequence.h"
#include "estimate/plan/figure_plan.h"
#include "estimate/variance/variance.h"
#include "estimate/variance/weighted_sums.h"

namespace panelpuls::estimate {

class Uncertainty {
 public:
  // Wave and map outlive this.
  Uncertainty(const wave::Wave& wave, const CellMap& map);

  // Once a cube; the arguments outlive the calls that follow.
  void Prepare(const VarianceEstimator::Inputs& inputs);

  // Fills what a figure with n, n_effective and value lacks.
  void Fill(const FigurePlan& plan, const SourceSums& sums, FigureValue* figure) const;
  // The same but for limits, of a figure that has no plan of its own. `n_effective`: what it rests
  // on; `variances_of` () is only asked where there can be an error.
  struct Kind {
    double n_effective = 0;
    bool has_two_values = false;
    bool has_random_size = false;
  };
  template <typename VariancesOf>
  void FillErrors(const Kind& kind, VariancesOf variances_of, FigureValue* figure) const {
    Begin(kind.n_effective, figure);
    if (!kind.has_two_values) {
      figure->flags.push_back({.kind = FlagKind::kNotEstimable});
    } else if (!variance_.strata().single.empty()) {
      const std::vector<Flag>& single = variance_.strata().single;
      figure->flags.insert(figure->flags.end(), single.begin(), single.end());
    } else {
      SetErrors(variances_of(), kind.has_random_size, figure);
    }
  }

  // A domain whose size calibration does not know.
  bool HasRandomSize(const FigurePlan& plan) const;
  const VarianceEstimator& variance() const { return variance_; }

 private:
  struct Facts;
  // No larger or smaller than every answer.
  bool IsPossible(const FigurePlan& plan, double value) const;
  void NoteNegativeWeights(const FigurePlan& plan, FigureValue* figure) const;
  void NoteNotReportable(FigureValue* figure) const;
  // Whether it is reportable; degrees of freedom.
  void Begin(double n_effective, FigureValue* figure) const;
  static void SetErrors(const Variances& variances, bool has_random_size, FigureValue* figure);
  void FillLimits(const FigurePlan& plan, const Facts& facts, FigureValue* figure) const;
  std::optional<Limits> LimitsOf(const FigurePlan& plan, const Facts& facts,
                                 const FigureValue& figure) const;
  void FillSequence(const FigurePlan& plan, const Facts& facts, FigureValue* figure) const;
  double EffectiveOf(const FigurePlan& plan, const FigureValue& figure) const;

  const wave::Wave& wave_;
  ConfidenceSequence sequence_;
  VarianceEstimator variance_;
  const MarginSet* margins_ = nullptr;
  double respondents_ = 0;
  double weight_ = 0;     // sum of w of all
  double effective_ = 0;  // Kish's number of all
};

}  // namespace panelpuls::estimate
