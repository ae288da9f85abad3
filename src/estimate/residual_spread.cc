#include "estimate/residual_spread.h"

#include "estimate/cross_table.h"
#include "estimate/margins.h"
#include "estimate/regression.h"

namespace panelpuls::estimate {
namespace {

// Respondents of one listed cell by indicator group, the missing ones left out.
struct GroupCounts {
  std::vector<double> n;  // [group]
  std::vector<double> d;  // [group] sums of base weights
};

GroupCounts CountsOf(const wave::Wave& wave, const state::Cube& cube, const CellList& list,
                     std::size_t place) {
  const wave::Table& table = wave.tables.front();
  const std::size_t groups = wave.indicator->groups.size();
  const auto block = cube.Block(list.cells[place]);
  GroupCounts counts{.n = std::vector<double>(groups), .d = std::vector<double>(groups)};
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t column = 0; column < table.columns; ++column) {
      const std::size_t entry = table.offset + group * table.columns + column;
      const auto n = static_cast<double>(block[entry]);
      counts.n[group] += n;
      counts.d[group] += cube.shape().has_sums
                             ? SumOfBaseWeights(cube.SumsBlock(list.cells[place])[entry].d)
                             : n * list.d[place];
    }
  }
  return counts;
}

// Listed cells with valid answers, as a list and set of margins of their own.
struct ValidCells {
  CellList list;
  MarginSet set;
  std::vector<std::size_t> places;  // in the whole list
  std::vector<GroupCounts> counts;
};

ValidCells PickValid(const wave::Wave& wave, const CellMap& map, const state::Cube& cube,
                     const CellList& list) {
  ValidCells valid;
  for (std::size_t i = 0; i < list.size(); ++i) {
    GroupCounts counts = CountsOf(wave, cube, list, i);
    double n = 0;
    double t = 0;
    for (const double group : counts.n) n += group;
    for (const double group : counts.d) t += group;
    if (n == 0) continue;
    valid.list.cells.push_back(list.cells[i]);
    valid.list.n.push_back(static_cast<std::uint64_t>(n));
    valid.list.t.push_back(t);
    valid.list.q.push_back(t);  // of the leverage alone, which nothing here asks for
    valid.places.push_back(i);
    valid.counts.push_back(std::move(counts));
  }
  std::vector<Flag> unequal;
  valid.set = MakeMargins(wave, map, &unequal);
  for (Margin& margin : valid.set.margins) {
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
  for (const GroupCounts& counts : valid.counts) {
    for (std::size_t group = 0; group < counts.n.size(); ++group) {
      if (counts.n[group] == 0) continue;
      if (!first) first = indicator.groups[group].score;
      if (indicator.groups[group].score != *first) return true;
    }
  }
  return false;
}

// Sum of n (y - center)^2 of one cell.
double SquaresAround(double center, const wave::Indicator& indicator, const GroupCounts& counts) {
  double sum = 0;
  for (std::size_t group = 0; group < counts.n.size(); ++group) {
    const double residual = indicator.groups[group].score - center;
    sum += counts.n[group] * residual * residual;
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
  double n = 0;
  double total = 0;
  for (std::size_t i = 0; i < valid.list.size(); ++i) {
    double dy = 0;
    for (std::size_t group = 0; group < indicator.groups.size(); ++group) {
      dy += valid.counts[i].d[group] * indicator.groups[group].score;
      n += valid.counts[i].n[group];
      total += valid.counts[i].n[group] * indicator.groups[group].score;
    }
    for (const std::uint32_t column : columns.Of(i)) sums[column] += dy;
  }
  std::vector<double> effects(columns.count());
  regression.Fit(sums, effects);
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
    spread.squares[place] = SquaresAround(center, indicator, valid.counts[i]);
    for (const double count : valid.counts[i].n) spread.valid[place] += count;
    spread.pooled += spread.squares[place];
  }
  spread.pooled /= n - (is_saturated ? 1 : static_cast<double>(regression.rank()));
  return spread;
}

}  // namespace panelpuls::estimate
