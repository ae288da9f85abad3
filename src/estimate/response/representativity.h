// How evenly a sample frame responds: coefficient of variation of the response propensities,
// R-indicator and its partial indicators.
//
// Formula  METHOD M7: propensities by logistic regression on the main effects of the dimensions,
//          fitted on cells; B of Shlomo, Skinner & Schouten (2012) for the logistic model. Over one
//          dimension alone the propensities are its categories' response rates, with the exact
//          bias.
// Absent   everything but rates below kMinimumForRepresentativity respondents; the indicators of
//          all dimensions together, and what is conditional, where the fit fails.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wave/wave.h"

namespace panelpuls::estimate {

// Fewer respondents than this give no indicator.
inline constexpr double kMinimumForRepresentativity = 30;

struct CellResponse {
  std::uint64_t cell = 0;
  double invited = 0;    // > 0
  double responded = 0;  // 0 to invited
};

struct Propensity {
  double mean = 0;                   // rho bar
  std::optional<double> cv;          // S / rho bar
  std::optional<double> r;           // 1 - 2 S
  std::optional<double> r_adjusted;  // 1 - 2 sqrt(max(0, S^2 - B))
};

struct CategoryPropensity {
  double invited = 0;
  double responded = 0;
  std::optional<double> rate;           // absent where nobody is invited
  std::optional<double> unconditional;  // P_u(k)
  std::optional<double> conditional;    // P_c(k), the other dimensions held
};

struct DimensionPropensity {
  Propensity whole;                            // by this dimension alone
  std::vector<CategoryPropensity> categories;  // in the definition's order
  std::optional<double> conditional;           // of the dimension: root of the sum of squares
};

// Where one more response would make the frame's response more even, to first order.
struct CvSlopes {
  bool is_known = false;
  std::vector<double> falls;  // [cell given] fall of the CV by one more response in it
};

struct Representativity {
  double invited = 0;
  double responded = 0;
  Propensity whole;                             // by the main effects of all dimensions
  std::vector<DimensionPropensity> dimensions;  // in the definition's order
  CvSlopes slopes;
  std::string failure;  // why the fit gave nothing; empty: it did, or was not asked
};

// `cells`: those with invited units, each once, in cell order.
Representativity MeasureRepresentativity(const wave::Wave& wave,
                                         const std::vector<CellResponse>& cells);

}  // namespace panelpuls::estimate
