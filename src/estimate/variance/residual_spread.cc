#include "estimate/variance/residual_spread.h"

#include <span>

#include "estimate/variance/regression.h"
#include "estimate/weighting/cross_table.h"
#include "estimate/weighting/margins.h"

namespace panelpuls::estimate {
namespace {

// Listed cells with valid answers, as a list and set of margins of their own.
struct ValidCells {
  CellList list;
  MarginSet set;
  std::vector<std::size_t> places;  // in the whole list
  std::size_t groups = 0;
  // [cell][group], the missing ones left out
  std::vector<double> n;
  std::vector<double> d;  // sums of base weights

  std::span<const double> CountsOf(std::size_t cell) const {
    return std::span(n).subspan(cell * groups, groups);
  }
  std::span<const double> WeightsOf(std::size_t cell) const {
    return std::span(d).subspan(cell * groups, groups);
  }
};

// Sums of one listed cell by group: respondents into `n`, base weights into `d`.
void AddUpGroups(const wave::Table& table, const state::Cube& cube, std::uint32_t cell,
                 double base_weight, std::span<double> n, std::span<double> d) {
  const auto block = cube.Block(cell);
  for (std::uint32_t group = 0; group < n.size(); ++group) {
    for (std::uint32_t column = 0; column < table.columns; ++column) {
      const std::uint32_t entry = table.EntryOf(group, column);
      const auto count = static_cast<double>(block[entry]);
      n[group] += count;
      d[group] += cube.shape().has_sums ? SumOfBaseWeights(cube.SumsBlock(cell)[entry].d)
                                        : count * base_weight;
    }
  }
}

ValidCells PickValid(const wave::Wave& wave, const CellMap& map, const state::Cube& cube,
                     const CellList& list) {
  ValidCells valid;
  valid.groups = wave.indicator->groups.size();
  valid.n.reserve(list.size() * valid.groups);
  valid.d.reserve(list.size() * valid.groups);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::size_t begin = valid.places.size() * valid.groups;
    valid.n.resize(begin + valid.groups);
    valid.d.resize(begin + valid.groups);
    AddUpGroups(wave.tables.front(), cube, list.cells[i], list.d[i],
                std::span(valid.n).subspan(begin), std::span(valid.d).subspan(begin));
    double n = 0;
    double t = 0;
    for (std::size_t at = begin; at < valid.n.size(); ++at) {
      n += valid.n[at];
      t += valid.d[at];
    }
    if (n == 0) {
      valid.n.resize(begin);
      valid.d.resize(begin);
      continue;
    }
    valid.list.cells.push_back(list.cells[i]);
    valid.list.n.push_back(static_cast<std::uint64_t>(n));
    valid.list.t.push_back(t);
    valid.list.q.push_back(t);  // of the leverage alone, which nothing here asks for
    valid.places.push_back(i);
  }
  std::vector<Flag> unequal;
  valid.set = MakeMargins(wave, map, &unequal);
  for (Margin& margin : valid.set.margins) {
    margin.group.reserve(valid.list.size());
    for (const std::uint32_t cell : valid.list.cells) {
      const std::size_t category =
          margin.dimension == kJointCell
              ? map.JointOf(cell)
              : map.CategoryOf(static_cast<std::size_t>(margin.dimension), cell);
      margin.group.push_back(margin.group_of[category]);
    }
  }
  return valid;
}

bool HasTwoScores(const wave::Indicator& indicator, const ValidCells& valid) {
  std::optional<double> first;
  for (std::size_t i = 0; i < valid.list.size(); ++i) {
    const auto counts = valid.CountsOf(i);
    for (std::size_t group = 0; group < counts.size(); ++group) {
      if (counts[group] == 0) continue;
      if (!first) first = indicator.groups[group].score;
      if (indicator.groups[group].score != *first) return true;
    }
  }
  return false;
}

// Sum of n (y - center)^2 of one cell.
double SquaresAround(double center, const wave::Indicator& indicator,
                     std::span<const double> counts) {
  double sum = 0;
  for (std::size_t group = 0; group < counts.size(); ++group) {
    const double residual = indicator.groups[group].score - center;
    sum += counts[group] * residual * residual;
  }
  return sum;
}

}  // namespace

double VarianceGain(const GainTerms& terms) {
  return terms.share * terms.share * terms.spread / (terms.n * (terms.n + 1)) *
         terms.expected_response;
}

std::optional<ResidualSpread> MeasureSpread(const wave::Wave& wave, const CellMap& map,
                                            const state::Cube& cube, const CellList& list) {
  if (!wave.indicator) return std::nullopt;
  const wave::Indicator& indicator = *wave.indicator;
  const ValidCells valid = PickValid(wave, map, cube, list);
  if (!HasTwoScores(indicator, valid)) return std::nullopt;
  Columns columns;
  columns.Assign(valid.set, valid.list.size());
  Regression regression;
  regression.Prepare(wave::VarianceMethod::kCalibrate, valid.list, columns);
  std::vector<double> sums(columns.count());
  std::vector<double> of_cells(valid.list.size());
  double n = 0;
  double total = 0;
  for (std::size_t i = 0; i < valid.list.size(); ++i) {
    const auto counts = valid.CountsOf(i);
    const auto weights = valid.WeightsOf(i);
    double dy = 0;
    for (std::size_t group = 0; group < counts.size(); ++group) {
      dy += weights[group] * indicator.groups[group].score;
      n += counts[group];
      total += counts[group] * indicator.groups[group].score;
    }
    for (const std::uint32_t column : columns.Of(i)) sums[column] += dy;
    of_cells[i] = dy;
  }
  std::vector<double> effects(columns.count());
  if (regression.needs_cells()) {
    regression.FitCells(of_cells, effects);
  } else {
    regression.Fit(sums, effects);
  }
  // With as many columns as respondents nothing is left of the margins: around the mean then.
  const bool is_saturated = n < static_cast<double>(regression.rank()) + 1;
  ResidualSpread spread;
  spread.squares.resize(list.size());
  spread.valid.resize(list.size());
  for (std::size_t i = 0; i < valid.list.size(); ++i) {
    double center = is_saturated ? total / n : 0;
    if (!is_saturated) {
      for (const std::uint32_t column : columns.Of(i)) center += effects[column];
    }
    const std::size_t place = valid.places[i];
    spread.squares[place] = SquaresAround(center, indicator, valid.CountsOf(i));
    for (const double count : valid.CountsOf(i)) spread.valid[place] += count;
    spread.pooled += spread.squares[place];
  }
  spread.pooled /= n - (is_saturated ? 1 : static_cast<double>(regression.rank()));
  return spread;
}

}  // namespace panelpuls::estimate
