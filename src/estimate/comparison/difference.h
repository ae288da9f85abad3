// A difference of two figures from its variances: interval, test and flags (METHOD M3, M5).
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <optional>

#include "estimate/figures/estimates.h"
#include "estimate/variance/linearised.h"
#include "estimate/variance/variance.h"
#include "estimate/variance/weighted_sums.h"

namespace panelpuls::estimate {

// z of a figure that has a value.
Linearised LinearisedOf(const FigurePlan& plan, const FigureValue& figure,
                        const WeightedSums& sums);

// Has an error that came from responses.
bool IsTestable(const FigureValue& figure);

struct DifferenceErrors {
  std::optional<double> se, se_interval, degrees_of_freedom;
  bool is_known = false;
};

struct ComparedFigures {
  const FigureValue& a;
  const FigureValue& b;
  bool has_random_size = false;  // a domain whose size calibration does not know
};
DifferenceErrors ErrorsOf(const Variances& variances, const ComparedFigures& figures);

// a - b. Figures that are not reportable are not tested.
ComparisonValue Compare(const FigureValue& a, const FigureValue& b, const DifferenceErrors& errors,
                        double level);
// A figure that is a difference, with its p.
ComparisonValue TestOf(const FigureValue& difference);
// Holm-adjusted p's, among the tests of each family; rows of one family stand together.
void AdjustFamilies(const std::vector<ComparisonKey>& keys,
                    std::vector<ComparisonValue>* comparisons);

// What is published of an earlier wave.
struct EarlierFigure {
  double value = 0;
  std::optional<double> se;
  std::optional<std::uint64_t> n;
};
// now - earlier, taken for independent samples; without the earlier SE the difference alone.
FigureValue FigureAgainst(const FigureValue& now, const EarlierFigure& earlier, double level);

}  // namespace panelpuls::estimate
