#include "estimate/weighting/calibration_rake.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::estimate {

void Raker::Pack(const CalibrationProblem& problem) {
  const std::vector<Margin>& margins = problem.set->margins;
  const std::size_t cells = problem.t.size();
  blocks_.resize(std::max(blocks_.size(), margins.size()));
  block_count_ = 0;
  std::size_t most_entries = 0;
  std::size_t most_groups = 0;
  for (std::size_t m = 0; m < margins.size();) {
    Block& block = blocks_[block_count_++];
    block.first = &margins[m++];
    block.second = nullptr;
    block.columns = 1;
    const std::uint32_t* first = block.first->group.data();
    // A cross-table about as large as the list would save nothing.
    if (m < margins.size() && 4 * block.first->groups() * margins[m].groups() <= cells) {
      block.second = &margins[m++];
      block.columns = block.second->groups();
    }
    block.entries = block.first->groups() * block.columns;
    block.entry.resize(cells);
    if (block.second == nullptr) {
      std::copy_n(first, cells, block.entry.begin());
    } else {
      const auto columns = static_cast<std::uint32_t>(block.columns);
      const std::uint32_t* second = block.second->group.data();
      for (std::size_t i = 0; i < cells; ++i) block.entry[i] = first[i] * columns + second[i];
    }
    most_entries = std::max(most_entries, block.entries);
    most_groups = std::max({most_groups, block.first->groups(), block.columns});
  }
  factors_.assign(most_entries, 1.0);
  for (std::vector<double>& lane : sums_) lane.resize(most_entries);
  group_sums_.resize(most_groups);
  group_factors_.resize(most_groups);
  weights_.assign(problem.t.begin(), problem.t.end());
}

void Raker::ClearSums(const Block& block) {
  for (std::vector<double>& lane : sums_) std::fill_n(lane.begin(), block.entries, 0.0);
}

bool Raker::MeetMargin(const Margin& margin, Worst* worst) {
  for (std::size_t group = 0; group < margin.groups(); ++group) {
    const double factor = margin.totals[group] / group_sums_[group];
    const double error = std::abs(group_sums_[group] / margin.totals[group] - 1);
    group_factors_[group] = factor;
    const bool faded = !(std::isfinite(factor) && std::isfinite(error));
    if (error <= worst->error && !faded) continue;
    if (std::isfinite(error)) worst->error = std::max(worst->error, error);
    worst->where = {.kind = FlagKind::kNotConverged,
                    .dimension = margin.dimension,
                    .category = margin.name_of[group]};
    if (faded) return false;
  }
  return true;
}

bool Raker::FindFactors(const Block& block, Worst* worst) {
  const std::size_t rows = block.first->groups();
  double* table = sums_[0].data();
  for (std::size_t entry = 0; entry < block.entries; ++entry) {
    table[entry] = (table[entry] + sums_[1][entry]) + (sums_[2][entry] + sums_[3][entry]);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    double sum = 0;
    for (std::size_t column = 0; column < block.columns; ++column) {
      sum += table[row * block.columns + column];
    }
    group_sums_[row] = sum;
  }
  if (!MeetMargin(*block.first, worst)) return false;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < block.columns; ++column) {
      factors_[row * block.columns + column] = group_factors_[row];
    }
  }
  if (block.second == nullptr) return true;
  std::fill_n(group_sums_.begin(), block.columns, 0.0);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < block.columns; ++column) {
      const std::size_t entry = row * block.columns + column;
      group_sums_[column] += table[entry] * factors_[entry];
    }
  }
  if (!MeetMargin(*block.second, worst)) return false;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < block.columns; ++column) {
      factors_[row * block.columns + column] *= group_factors_[column];
    }
  }
  return true;
}

void Raker::Pass(const Block& of, const Block& next) {
  const std::size_t cells = weights_.size();
  const std::uint32_t* entry = of.entry.data();
  const std::uint32_t* after = next.entry.data();
  const double* factor = factors_.data();
  double* weight = weights_.data();
  double* sums0 = sums_[0].data();
  double* sums1 = sums_[1].data();
  double* sums2 = sums_[2].data();
  double* sums3 = sums_[3].data();
  std::size_t i = 0;
  for (; i + kLanes <= cells; i += kLanes) {
    const double w0 = weight[i] * factor[entry[i]];
    const double w1 = weight[i + 1] * factor[entry[i + 1]];
    const double w2 = weight[i + 2] * factor[entry[i + 2]];
    const double w3 = weight[i + 3] * factor[entry[i + 3]];
    weight[i] = w0;
    weight[i + 1] = w1;
    weight[i + 2] = w2;
    weight[i + 3] = w3;
    sums0[after[i]] += w0;
    sums1[after[i + 1]] += w1;
    sums2[after[i + 2]] += w2;
    sums3[after[i + 3]] += w3;
  }
  for (; i < cells; ++i) {
    weight[i] *= factor[entry[i]];
    sums_[i % kLanes][after[i]] += weight[i];
  }
}

CalibrationOutcome Raker::Rake(const CalibrationProblem& problem, std::vector<double>* g) {
  Pack(problem);
  CalibrationOutcome outcome;
  ClearSums(blocks_.front());
  Pass(blocks_.front(), blocks_.front());  // factors are 1
  bool fading = false;
  while (outcome.iterations < kMaxSweeps && !outcome.met && !fading) {
    ++outcome.iterations;
    Worst worst;
    for (std::size_t b = 0; b < block_count_; ++b) {
      fading = !FindFactors(blocks_[b], &worst);
      if (fading) break;
      const Block& next = blocks_[b + 1 == block_count_ ? 0 : b + 1];
      ClearSums(next);
      Pass(blocks_[b], next);
    }
    outcome.error = worst.error;
    if (worst.where.category != wave::kNone) outcome.worst = worst.where;
    outcome.met = !fading && worst.error < kMarginTolerance;
  }
  g->resize(weights_.size());
  for (std::size_t i = 0; i < weights_.size(); ++i) (*g)[i] = weights_[i] / problem.t[i];
  return outcome;
}

}  // namespace panelpuls::estimate
