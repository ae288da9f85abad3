#include "estimate/variance/variance.h"

#include <algorithm>
#include <cmath>

#include "estimate/numeric/vector_kernels.h"

namespace panelpuls::estimate {
namespace {

// Part of the sum of squares below which the quadratic form gives way to explicit residuals.
constexpr double kSmallRest = 1e-3;
// METHOD M5: residuals no larger than this part of the largest |z| are rounding.
constexpr double kRounding = 1e-9;
// A standard error below this part of what z alone would have: less than 1e-9 of it is not known,
// since each residual is a difference in doubles.
constexpr double kLeastRest = 1e-7;

// METHOD M10: who answered has no sampling error, G^2 Q becomes max(0, G^2 Q - G D). Of Q, both
// over G^2.
double WithoutRespondents(double q, double d, double g) { return std::max(0.0, q - d / g); }

void AddScaled(double factor, std::span<const double> from, std::span<double> to) {
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += factor * from[i];
}

}  // namespace

struct VarianceEstimator::CellResiduals {
  double v = 0;
  double v_star = 0;
  double largest = 0;
  double unexplained = 0;  // v if nothing cancelled
  std::vector<double> stratum;
};

VarianceEstimator::VarianceEstimator(const wave::Wave& wave, const CellMap& map)
    : wave_(wave), map_(map) {}

void VarianceEstimator::Prepare(const Inputs& inputs) {
  cube_ = &inputs.cube;
  list_ = &inputs.list;
  const CellList& list = inputs.list;
  has_margins_ = !inputs.margins.margins.empty();
  columns_.Assign(inputs.margins, list.size());
  FindStrata(wave_, map_, list, &strata_);
  regression_.Prepare(wave_.weighting.variance, list, columns_);
  weights_.g.assign(inputs.g.begin(), inputs.g.end());
  weights_.square.resize(list.size());
  weights_.square_star.resize(list.size());
  cell_weights_.resize(list.size());
  high_.clear();
  negative_.clear();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const double square = inputs.g[i] * inputs.g[i];
    const double n = strata_.n[strata_.of[i]];
    const double leverage = regression_.leverage()[i];
    weights_.square[i] = n > 1 ? square * n / (n - 1) : 0;
    weights_.square_star[i] = leverage > kHighLeverage ? 0 : square / (1 - leverage);
    if (leverage > kHighLeverage) high_.push_back(i);
    if (inputs.g[i] < 0) negative_.push_back(i);
  }
  q_ = list.q;
  if (wave_.reporting.response_fpc) {
    for (std::size_t i = 0; i < q_.size(); ++i) {
      q_[i] = WithoutRespondents(q_[i], list.t[i], inputs.g[i]);
    }
  }
  for (std::size_t i = 0; i < list.size(); ++i) cell_weights_[i] = weights_.square[i] * q_[i];
  square_.AddUp(columns_, cell_weights_);
  for (std::size_t i = 0; i < list.size(); ++i) {
    cell_weights_[i] = weights_.square_star[i] * q_[i];
  }
  square_star_.AddUp(columns_, cell_weights_);
  stratum_totals_.assign(strata_.size() * columns_.count(), 0.0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    double* totals = stratum_totals_.data() + strata_.of[i] * columns_.count();
    for (const std::uint32_t column : columns_.Of(i)) totals[column] += inputs.g[i] * list.t[i];
  }
  base_.is_known = false;
  sums_.AddUp({.sources = inputs.sources,
               .totals = inputs.totals,
               .list = list,
               .columns = columns_,
               .strata = strata_,
               .weights = weights_,
               .counts_respondents = wave_.weighting.variance == wave::VarianceMethod::kRake,
               .response_fpc = wave_.reporting.response_fpc});
}

void VarianceEstimator::SumBase(const FigurePlan& plan) const {
  if (base_.is_known && base_.source == plan.source && base_.base == plan.base) return;
  base_.is_known = true;
  base_.source = plan.source;
  base_.base = plan.base;
  base_.sums.assign(sums_.width(), 0.0);
  base_.squares = {};
  for (const std::uint32_t entry : plan.base) {
    AddScaled(1, sums_.Of(plan.source, entry), base_.sums);
    base_.squares.square += sums_.SquaresOf(plan.source, entry).square;
    base_.squares.square_star += sums_.SquaresOf(plan.source, entry).square_star;
  }
}

// Over the classes, z and its square times the class's sums.
void VarianceEstimator::SumClasses(const Linearised& z, Influence* influence) const {
  const FigurePlan& plan = *z.plan;
  influence->linear.assign(sums_.width(), 0.0);
  influence->sum_of_squares = 0;
  influence->sum_of_squares_star = 0;
  const auto add_squares = [influence](double zk, const GroupSums::Squares& squares) {
    influence->sum_of_squares += zk * zk * squares.square;
    influence->sum_of_squares_star += zk * zk * squares.square_star;
  };
  if (!plan.is_share()) {
    for (const Term& term : plan.numerator) {
      AddScaled(z.Of(term), sums_.Of(plan.source, term.entry), influence->linear);
      add_squares(z.Of(term), sums_.SquaresOf(plan.source, term.entry));
    }
    return;
  }
  SumBase(plan);
  const double z1 = z.Of(Term());
  const double z0 = z.OfRest();
  GroupSums::Squares chosen;
  for (const Term& term : plan.numerator) {
    AddScaled(1, sums_.Of(plan.source, term.entry), influence->linear);
    const GroupSums::Squares& squares = sums_.SquaresOf(plan.source, term.entry);
    chosen.square += squares.square;
    chosen.square_star += squares.square_star;
  }
  for (std::size_t i = 0; i < influence->linear.size(); ++i) {
    const double of_chosen = influence->linear[i];
    influence->linear[i] = z1 * of_chosen + z0 * (base_.sums[i] - of_chosen);
  }
  add_squares(z1, chosen);
  add_squares(z0, {.square = base_.squares.square - chosen.square,
                   .square_star = base_.squares.square_star - chosen.square_star});
}

void VarianceEstimator::FillInfluence(const Linearised& z, Influence* influence) const {
  SumClasses(z, influence);
  if (IsUnexplained(*z.plan)) {
    influence->effects.assign(columns_.count(), 0.0);
    return;
  }
  SumCells(z);
  FindEffects(influence);
}

std::span<const double> VarianceEstimator::StrataOf(const Influence& influence) const {
  return std::span(influence.linear).last(strata_.size());
}

void VarianceEstimator::FindEffects(Influence* influence) const {
  const std::size_t count = columns_.count();
  influence->effects.resize(count);
  if (regression_.needs_cells()) {
    regression_.FitCells(cell_sums_, influence->effects);
  } else {
    regression_.Fit(std::span(influence->linear).first(count), influence->effects);
  }
  const std::span<double> strata = std::span(influence->linear).last(strata_.size());
  for (std::size_t h = 0; h < strata.size(); ++h) {
    strata[h] -= Dot(influence->effects, std::span(stratum_totals_).subspan(h * count, count));
  }
}

Influence VarianceEstimator::InfluenceOf(const Linearised& z) const {
  Influence influence;
  FillInfluence(z, &influence);
  return influence;
}

Influence VarianceEstimator::InfluenceOfRest(const Linearised& whole,
                                             const Linearised& part) const {
  Influence rest = InfluenceOf(whole);
  FillInfluence(part, &influence_);
  AddScaled(-1, influence_.effects, rest.effects);
  AddScaled(-1, influence_.linear, rest.linear);
  rest.sum_of_squares -= influence_.sum_of_squares;
  rest.sum_of_squares_star -= influence_.sum_of_squares_star;
  return rest;
}

Influence VarianceEstimator::InfluenceOf(const Contrast& contrast) const {
  Influence influence;
  influence.linear.assign(sums_.width(), 0.0);
  for (const Term& term : contrast.z) AddScaled(term.y, sums_.Of(0, term.entry), influence.linear);
  for (const Term& term : contrast.square) {
    const GroupSums::Squares& squares = sums_.SquaresOf(0, term.entry);
    influence.sum_of_squares += term.y * squares.square;
    influence.sum_of_squares_star += term.y * squares.square_star;
  }
  SumCells(contrast);
  FindEffects(&influence);
  return influence;
}

Variances VarianceEstimator::Quadratic(const Influence& influence) const {
  const std::size_t count = columns_.count();
  const std::span<const double> sums = influence.linear;
  return {.v = influence.sum_of_squares - 2 * Dot(influence.effects, sums.subspan(count, count)) +
               square_.Form(influence.effects),
          .v_star = influence.sum_of_squares_star -
                    2 * Dot(influence.effects, sums.subspan(2 * count, count)) +
                    square_star_.Form(influence.effects)};
}

// From sums of squares to V and V*.
void VarianceEstimator::Finish(std::span<const double> strata, Variances* variances) const {
  for (std::size_t h = 0; h < strata.size(); ++h) {
    const double n = strata_.n[h];
    if (n > 1) variances->v -= strata[h] * strata[h] / (n - 1);
  }
  if (strata_.size() == 1) return;
  const auto n = static_cast<double>(list_->respondents);
  const auto p = static_cast<double>(rank());
  variances->v_star = n > p ? variances->v * (n - 1) / (n - p) : 0;
}

Variances VarianceEstimator::VariancesOf(const Linearised& z) const {
  FillInfluence(z, &influence_);
  const Influence& influence = influence_;
  Variances variances = Quadratic(influence);
  if (!(variances.v > kSmallRest * influence.sum_of_squares &&
        variances.v_star > kSmallRest * influence.sum_of_squares_star)) {
    variances = FromResiduals(z, influence);
  } else {
    Finish(StrataOf(influence), &variances);
  }
  variances.has_leverage = strata_.size() == 1 && Touches(high_, *z.plan);
  if (IsUnexplained(*z.plan)) {
    // V* is of residuals that have no mean; and what is the same in a whole stratum is known.
    const auto n = static_cast<double>(list_->respondents);
    variances.v_star = variances.v * (n - 1) / (n - static_cast<double>(rank()));
    variances.is_known = !(variances.v > kRounding * influence.sum_of_squares);
    variances.has_leverage = false;
  }
  return variances;
}

Variances VarianceEstimator::VariancesOfDifference(const Influence& a, const Influence& b) const {
  Influence difference = a;
  const auto subtract = [](std::vector<double>& from, const std::vector<double>& what) {
    for (std::size_t i = 0; i < from.size(); ++i) from[i] -= what[i];
  };
  subtract(difference.effects, b.effects);
  subtract(difference.linear, b.linear);
  difference.sum_of_squares += b.sum_of_squares;
  difference.sum_of_squares_star += b.sum_of_squares_star;
  return VariancesOf(difference);
}

Variances VarianceEstimator::VariancesOf(const Influence& influence) const {
  Variances variances = Quadratic(influence);
  variances.is_known = !(variances.v > kRounding * influence.sum_of_squares);
  Finish(StrataOf(influence), &variances);
  return variances;
}

double VarianceEstimator::ExplainedOf(const Influence& influence, std::size_t cell) const {
  double b = 0;
  for (const std::uint32_t column : columns_.Of(cell)) b += influence.effects[column];
  return b;
}

bool VarianceEstimator::IsInDomain(const FigurePlan& plan, std::size_t cell) const {
  return map_.IsWithin(plan.within, list_->cells[cell]);
}

bool VarianceEstimator::Touches(std::span<const std::size_t> cells, const FigurePlan& plan) const {
  for (const std::size_t cell : cells) {
    if (!IsInDomain(plan, cell)) continue;
    const auto counts = cube_->Block(list_->cells[cell]).subspan(plan.first_entry);
    for (const std::uint32_t entry : plan.base) {
      if (counts[entry] > 0) return true;
    }
  }
  return false;
}

double VarianceEstimator::BaseWeightsOf(std::size_t cell, std::uint32_t entry) const {
  const std::uint64_t number = list_->cells[cell];
  return cube_->shape().has_sums
             ? SumOfBaseWeights(cube_->SumsBlock(number)[entry].d)
             : list_->d[cell] * static_cast<double>(cube_->Block(number)[entry]);
}

double VarianceEstimator::SquaresOf(std::size_t cell, std::uint32_t entry) const {
  const std::uint64_t number = list_->cells[cell];
  const double d = list_->d[cell];
  const double q = cube_->shape().has_sums
                       ? SumOfSquares(cube_->SumsBlock(number)[entry].d2)
                       : d * d * static_cast<double>(cube_->Block(number)[entry]);
  return wave_.reporting.response_fpc
             ? WithoutRespondents(q, BaseWeightsOf(cell, entry), weights_.g[cell])
             : q;
}

template <typename Visit>
void VarianceEstimator::ForClasses(const Linearised& z, std::size_t cell, Visit visit) const {
  const FigurePlan& plan = *z.plan;
  if (!IsInDomain(plan, cell)) return;
  const auto counts = cube_->Block(list_->cells[cell]).subspan(plan.first_entry);
  const auto class_of = [&](std::uint32_t entry) {
    return Class{.n = counts[entry],
                 .d = BaseWeightsOf(cell, plan.first_entry + entry),
                 .q = SquaresOf(cell, plan.first_entry + entry)};
  };
  Class others;
  for (const std::uint32_t entry : plan.base) {
    const Class of = class_of(entry);
    others = {.n = others.n + of.n, .d = others.d + of.d, .q = others.q + of.q};
  }
  for (const Term& term : plan.numerator) {
    const Class of = class_of(term.entry);
    visit(z.Of(term), of);
    others = {.n = others.n - of.n, .d = others.d - of.d, .q = others.q - of.q};
  }
  if (plan.is_share()) visit(z.OfRest(), others);
}

void VarianceEstimator::AddResiduals(const Linearised& z, const Influence& influence,
                                     std::size_t cell, CellResiduals* sums) const {
  const double b = ExplainedOf(influence, cell);
  Class left{.n = list_->n[cell], .d = list_->t[cell], .q = q_[cell]};
  const auto add = [&](double zk, const Class& of) {
    if (of.n == 0) return;
    const double e = zk - b;
    sums->largest = std::max(sums->largest, std::abs(e));
    const double size = std::abs(zk) + std::abs(b);
    sums->v += weights_.square[cell] * of.q * e * e;
    sums->unexplained += weights_.square[cell] * of.q * size * size;
    sums->v_star += weights_.square_star[cell] * of.q * e * e;
    sums->stratum[strata_.of[cell]] += weights_.g[cell] * of.d * e;
  };
  ForClasses(z, cell, [&](double zk, const Class& of) {
    add(zk, of);
    left = {.n = left.n - of.n, .d = left.d - of.d, .q = left.q - of.q};
  });
  add(0, left);
}

// Sums of d z by cell, where the regression asks for them.
void VarianceEstimator::SumCells(const Linearised& z) const {
  if (!regression_.needs_cells()) return;
  cell_sums_.assign(list_->size(), 0.0);
  for (std::size_t i = 0; i < list_->size(); ++i) {
    ForClasses(z, i, [&](double zk, const Class& of) { cell_sums_[i] += zk * of.d; });
  }
}

void VarianceEstimator::SumCells(const Contrast& contrast) const {
  if (!regression_.needs_cells()) return;
  cell_sums_.assign(list_->size(), 0.0);
  for (std::size_t i = 0; i < list_->size(); ++i) {
    for (const Term& term : contrast.z) cell_sums_[i] += term.y * BaseWeightsOf(i, term.entry);
  }
}

Variances VarianceEstimator::FromResiduals(const Linearised& z, const Influence& influence) const {
  CellResiduals sums;
  sums.stratum.resize(strata_.size());
  for (std::size_t i = 0; i < list_->size(); ++i) AddResiduals(z, influence, i, &sums);
  Variances variances{.v = sums.v, .v_star = sums.v_star};
  variances.is_known = sums.largest <= kRounding * z.Largest() ||
                       sums.v <= kLeastRest * kLeastRest * sums.unexplained;
  Finish(sums.stratum, &variances);
  return variances;
}

}  // namespace panelpuls::estimate
