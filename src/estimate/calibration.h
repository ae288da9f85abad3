// Weights of cells: w = d G (METHOD M2), always from G = 1.
// Methods  raking; post-stratification; none. LINEAR, LOGIT, bounds and trimming have no weights
//          here and the flag not_computed.
// Errors   in the result: empty categories and margins that are not met are named, not failed on.
// Cost     O(sweeps * cells with respondents * margins).
// Threads  one at a time; owns scratch memory.
#pragma once

#include <cstdint>
#include <vector>

#include "estimate/cell_list.h"
#include "estimate/estimates.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// Largest relative margin error at which raking stops, and the most sweeps it tries.
inline constexpr double kMarginTolerance = 1e-12;
inline constexpr std::uint32_t kMaxSweeps = 1000;

class Calibrator {
 public:
  // Wave and map outlive this.
  Calibrator(const wave::Wave& wave, const CellMap& map);

  // Everything of the result but g, which is left empty; `g` is parallel to the list, and empty
  // where there are no weights.
  CalibrationResult Calibrate(const CellList& list, std::vector<double>* g);
  // Sum of the totals of the first margin; 0 where no margin is used.
  double population() const { return population_; }

 private:
  struct Margin {
    std::int16_t dimension = wave::kNone;  // kJointCell: the joint table
    std::vector<double> totals;            // [category] N; 0: out of scope
    std::vector<std::uint32_t> category;   // [listed cell]
  };

  void ReadCategories(const CellList& list);
  void FlagEmptyCategories(const CellList& list, std::vector<Flag>* flags);
  void Rake(const CellList& list, std::vector<double>* g, CalibrationResult* result);
  void Poststratify(const CellList& list, std::vector<double>* g, CalibrationResult* result);

  const wave::Wave& wave_;
  const CellMap& map_;
  bool is_computed_ = true;
  std::vector<Margin> margins_;  // in raking order
  double population_ = 0;
  std::vector<double> sums_;     // [category] of the margin at hand
  std::vector<double> factors_;  // likewise
};

}  // namespace panelpuls::estimate
