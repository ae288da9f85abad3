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
#include "estimate/margins.h"
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
  // Of the last call; population and totals also before it.
  const MarginSet& margins() const { return set_; }

 private:
  void ReadGroups(const CellList& list);
  void FlagEmptyCategories(const CellList& list, std::vector<Flag>* flags);
  void Rake(const CellList& list, std::vector<double>* g, CalibrationResult* result);
  void Poststratify(const CellList& list, std::vector<double>* g, CalibrationResult* result);

  const wave::Wave& wave_;
  const CellMap& map_;
  bool is_computed_ = true;
  MarginSet set_;
  std::vector<double> sums_;     // [group] of the margin at hand
  std::vector<double> factors_;  // likewise
};

}  // namespace panelpuls::estimate
