// Calibration by Newton's method on cells: METHOD M2, "Linear, logit, truncated" and "Ridge".
// Unknown  one lambda for the intercept and one for each group of each margin; G = s F(x'lambda)
//          with s = N / sum(T). Exact: the first group of each margin, and groups that depend on
//          those before them, have lambda 0. Ridge: all groups, A_j - N_j = -ridge N_j lambda_j.
// Quick    in doubles; where that does not do, calibration_refine.h goes on.
// Cost     O(evaluations * cells * margins^2), at most kMaxEvaluations.
// Threads  one at a time; owns scratch memory.
#pragma once

#include <cstdint>
#include <vector>

#include "estimate/weighting/calibration_distance.h"
#include "estimate/weighting/calibration_problem.h"

namespace panelpuls::estimate {

class NewtonCalibrator {
 public:
  static constexpr std::uint32_t kMaxEvaluations = 400;

  struct Result {
    bool solved = false;  // the equations, which with ridge are not the margins
    // Least part of a column that the ones before it left, in the last step: about how much closer
    // the margins are met than the weights are known.
    double least_pivot = 1;
    CalibrationOutcome outcome;
  };
  // `ridge` 0: exact. From lambda = 0. `g` is where it ended, also where it is not solved.
  Result Solve(const CalibrationProblem& problem, const Distance& distance, double ridge,
               std::vector<double>* g);

 private:
  void Pack(const CalibrationProblem& problem, double ridge);
  // Of lambda: g, its slopes, and the residuals of the equations. False: not finite.
  bool Evaluate(const Distance& distance, const std::vector<double>& lambda);
  // Largest residual of an equation, relative to its total.
  double Error() const;
  void BuildMatrix(const Distance& distance, double damping);
  // step = -J^-1 residual, without dependent columns.
  void FindStep();
  // Moves lambda along the step; false: nowhere to go.
  bool Search(const Distance& distance, std::uint32_t* evaluations);

  std::size_t cells_ = 0;
  std::size_t margins_ = 0;
  std::size_t places_ = 0;             // 1 + groups of all margins
  std::vector<std::uint32_t> place_;   // [cell * margins + margin]
  std::vector<double> t_;              // [cell] s T
  std::vector<double> totals_;         // [place] N
  std::vector<double> penalty_;        // [place]
  std::vector<std::uint8_t> omitted_;  // [place] lambda stays 0
  std::vector<double> lambda_, trial_, residual_, step_;
  std::vector<double> g_, slope_;  // [cell]
  std::vector<double> matrix_;     // places x places, lower triangle
  std::vector<std::uint8_t> dropped_;
  bool is_even_ = false;  // no cell is too light beside the others for a double to see it
  double least_pivot_ = 1;
};

}  // namespace panelpuls::estimate
