// Weights of cells: w = d G (METHOD M2), always from a cold start, on margins in which categories
// with too few respondents are collapsed.
// Methods  raking by sweeps; post-stratification; linear, logit and bounded raking by Newton's
//          method; slow or delicate margins of all of these by calibration_refine.h; raking and
//          then trimming; ridge where it is the declared fallback; none.
// Errors   in the result: empty categories, unequal totals and margins that are not met are named,
//          not failed on.
// Cost     O(iterations * cells with respondents * margins) for raking.
// Threads  one at a time; owns scratch memory.
#pragma once

#include <cstdint>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/plan/cell_list.h"
#include "estimate/weighting/calibration_distance.h"
#include "estimate/weighting/calibration_newton.h"
#include "estimate/weighting/calibration_problem.h"
#include "estimate/weighting/calibration_rake.h"
#include "estimate/weighting/calibration_refine.h"
#include "estimate/weighting/collapse.h"
#include "estimate/weighting/margins.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

class Calibrator {
 public:
  // Wave and map outlive this.
  Calibrator(const wave::Wave& wave, const CellMap& map);

  // Everything of the result but g, which is left empty; `g` is parallel to the list, and empty
  // where there are no weights.
  CalibrationResult Calibrate(const CellList& list, std::vector<double>* g);
  // Of the last call; population and totals also before it.
  const MarginSet& margins() const { return set_; }

 private:
  // Counts respondents by declared category and makes the groups of set_.
  void Regroup(const CellList& list);
  void Collapse(std::size_t margin);
  // Names what of the groups is collapsed, sparse or empty; the part of the population in it.
  void NoteGroups(std::size_t margin);

  // What the quick way of the method gives.
  struct Quick {
    CalibrationOutcome outcome;
    bool has_digits = true;  // the weights are as good as the margins' error
  };
  Quick Solve(const CalibrationProblem& problem, std::vector<double>* g);
  // From there to the margins, or to all digits of the weights.
  CalibrationOutcome Refine(const CalibrationProblem& problem, const Quick& quick,
                            std::vector<double>* g);
  // Weights, or why there are none. Of totals that contradict each other by rounding alone the
  // problem is made one that can be met.
  void Meet(CalibrationProblem* problem, CalibrationResult* result, std::vector<double>* g);
  CalibrationOutcome SolveToDigits(const CalibrationProblem& problem, std::vector<double>* g);
  void Poststratify(const CalibrationProblem& problem, std::vector<double>* g) const;
  void UseBaseWeights(const CellList& list, CalibrationResult* result,
                      std::vector<double>* g) const;
  void Trim(const CalibrationProblem& problem, const CellList& list, CalibrationResult* result,
            std::vector<double>* g) const;
  void NoteOverfull(const CellList& list, CalibrationResult* result) const;
  // After everything else has failed.
  void UseRidge(const CalibrationProblem& problem, CalibrationResult* result,
                std::vector<double>* g);

  const wave::Wave& wave_;
  const CellMap& map_;
  Distance distance_;
  std::vector<Flag> unequal_;  // margins with another sum than the first; filled with declared_
  MarginSet declared_;         // each category a group of its own
  std::vector<Margin> other_totals_;  // of dimensions that no margin is made of
  std::vector<CollapseRules> rules_;
  MarginSet set_;
  MarginSet reconciled_;  // set_ with totals that agree
  std::vector<Flag> empty_;
  std::vector<std::vector<std::uint64_t>> respondents_;  // [margin][declared group]
  bool is_collapsed_ = false;                            // set_ has other groups than declared_
  Raker raker_;
  NewtonCalibrator newton_;
  MarginRefiner refiner_;
};

}  // namespace panelpuls::estimate
