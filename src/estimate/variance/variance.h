// Variances of figures: METHOD M4's V and M5's V*, from sums by group of the margins.
// V        quadratic form of the effects b; where little is left of the sum of squares, and
//          rounding could show, the residuals of every class and cell instead.
// Threads  one at a time; keeps its memory from call to call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/plan/cell_list.h"
#include "estimate/plan/sources.h"
#include "estimate/variance/group_sums.h"
#include "estimate/variance/linearised.h"
#include "estimate/variance/regression.h"
#include "estimate/variance/strata.h"
#include "estimate/variance/weighted_sums.h"
#include "estimate/weighting/cross_table.h"
#include "estimate/weighting/margins.h"
#include "state/cube.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// A figure's z as the margins see it; those of two figures subtract when they have no respondent
// of S in common.
struct Influence {
  std::vector<double> effects;  // [column], b
  // z times the sums of GroupSums::Of: [column] of D; of G^2 f Q; of G^2 / (1 - h) Q; and
  // [stratum] of G D, with e in place of z.
  std::vector<double> linear;
  double sum_of_squares = 0;  // sum of G^2 f Q z^2
  double sum_of_squares_star = 0;
};

// A z made of sums of the block that may overlap: sum over respondents of z, and of z squared.
struct Contrast {
  std::vector<Term> z;
  std::vector<Term> square;
};

struct Variances {
  bool is_known = false;      // every residual is rounding: fixed by the margins, or the design
  bool has_leverage = false;  // a cell of S had its term left out of V*
  double v = 0;
  double v_star = 0;  // not positive: none
};

// A respondent of more leverage decides the fit alone: 1 - h is then as good as nothing (METHOD
// M5).
inline constexpr double kHighLeverage = 0.999;

class VarianceEstimator {
 public:
  // Wave and map outlive this.
  VarianceEstimator(const wave::Wave& wave, const CellMap& map);

  // For the figures of one cube; all arguments outlive the calls that follow.
  struct Inputs {
    const state::Cube& cube;
    const CellList& list;
    const Sources& sources;  // assigned
    WeightedSums& totals;    // is added up too, in the same pass
    std::span<const double> g;
    const MarginSet& margins;
  };
  void Prepare(const Inputs& inputs);

  Influence InfluenceOf(const Linearised& z) const;
  Influence InfluenceOf(const Contrast& contrast) const;
  // Of those of the whole that are not in the part, both with the others' value and weight.
  Influence InfluenceOfRest(const Linearised& whole, const Linearised& part) const;
  Variances VariancesOf(const Linearised& z) const;
  // Of the difference a - b; the figures share no member of S.
  Variances VariancesOfDifference(const Influence& a, const Influence& b) const;
  // Without residuals that could stand in for what rounding has left.
  Variances VariancesOf(const Influence& influence) const;

  // b of a listed cell, and its leverage.
  double ExplainedOf(const Influence& influence, std::size_t cell) const;
  double LeverageOf(std::size_t cell) const { return regression_.leverage()[cell]; }

  // Whether a member of S has a weight below 0.
  bool HasNegativeWeights(const FigurePlan& plan) const { return Touches(negative_, plan); }

  const Strata& strata() const { return strata_; }
  std::size_t rank() const { return regression_.rank(); }

 private:
  struct CellResiduals;
  // Respondents of a cell with one z: how many, and their sums of d and of d^2.
  struct Class {
    std::uint64_t n = 0;
    double d = 0;
    double q = 0;
  };
  // The sums of the base of the figures at hand, which those of one question and domain share.
  struct BaseSums {
    bool is_known = false;
    std::uint32_t source = 0;
    std::vector<std::uint32_t> base;
    std::vector<double> sums;  // as GroupSums::Of has them
    GroupSums::Squares squares;
  };

  // A total without margins: no part of it is explained, not even its mean.
  bool IsUnexplained(const FigurePlan& plan) const {
    return !has_margins_ && plan.kind == FigureKind::kTotal;
  }
  void FillInfluence(const Linearised& z, Influence* influence) const;
  // From linear sums, and those of SumCells, to effects and residuals.
  void FindEffects(Influence* influence) const;
  void SumCells(const Linearised& z) const;
  void SumCells(const Contrast& contrast) const;
  void SumBase(const FigurePlan& plan) const;
  void SumClasses(const Linearised& z, Influence* influence) const;
  std::span<const double> StrataOf(const Influence& influence) const;

  Variances Quadratic(const Influence& influence) const;
  Variances FromResiduals(const Linearised& z, const Influence& influence) const;
  // visit(z, Class) of the members of S in the cell.
  template <typename Visit>
  void ForClasses(const Linearised& z, std::size_t cell, Visit visit) const;
  // Of an entry of the block, in a listed cell.
  double BaseWeightsOf(std::size_t cell, std::uint32_t entry) const;
  double SquaresOf(std::size_t cell, std::uint32_t entry) const;
  void AddResiduals(const Linearised& z, const Influence& influence, std::size_t cell,
                    CellResiduals* sums) const;
  // Whether a member of S is in one of the listed cells.
  bool Touches(std::span<const std::size_t> cells, const FigurePlan& plan) const;
  void Finish(std::span<const double> strata, Variances* variances) const;
  bool IsInDomain(const FigurePlan& plan, std::size_t cell) const;

  const wave::Wave& wave_;
  const CellMap& map_;
  const state::Cube* cube_ = nullptr;
  const CellList* list_ = nullptr;
  bool has_margins_ = false;
  Columns columns_;
  Strata strata_;
  Regression regression_;
  CellWeights weights_;
  CrossTable square_;  // sum G^2 f Q x x'
  CrossTable square_star_;
  GroupSums sums_;
  std::vector<double> stratum_totals_;  // [stratum][column] sum of G T
  std::vector<std::size_t> high_;       // listed cells of leverage 1
  std::vector<std::size_t> negative_;   // listed cells of weights below 0
  std::vector<double> q_;  // parallel to the list; sum of d^2, less what an fpc takes off
  std::vector<double> cell_weights_;
  mutable std::vector<double> cell_sums_;  // [listed cell]
  mutable BaseSums base_;
  mutable Influence influence_;
};

}  // namespace panelpuls::estimate
