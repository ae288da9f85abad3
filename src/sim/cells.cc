#include "sim/cells.h"

#include <algorithm>

namespace panelpuls::sim {
namespace {

constexpr std::uint64_t kMaxCells = 1u << 16;

// Share of each category; equal ones where the wave has no totals.
std::vector<double> Margin(const wave::Dimension& dimension) {
  std::vector<double> shares;
  double sum = 0;
  for (const wave::Category& category : dimension.categories) {
    shares.push_back(category.has_population ? category.population : 0);
    sum += shares.back();
  }
  for (double& share : shares) {
    share = sum > 0 ? share / sum : 1 / static_cast<double>(shares.size());
  }
  return shares;
}

bool Normalise(std::vector<double>& shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  if (!(sum > 0)) return false;
  for (double& share : shares) share /= sum;
  return true;
}

}  // namespace

absl::StatusOr<Cells> Cells::Make(const wave::Wave& wave) {
  if (wave.cells > kMaxCells) {
    return InvalidArgument(
        "wave {} has {} weighting cells and a simulation takes at most {}; simulate a "
        "wave with fewer categories",
        wave.id, wave.cells, kMaxCells);
  }
  Cells cells;
  std::vector<std::vector<double>> margins;
  for (const wave::Dimension& dimension : wave.dimensions) {
    cells.strides_.push_back(dimension.cell_stride);
    cells.sizes_.push_back(dimension.categories.size());
    margins.push_back(Margin(dimension));
  }
  const std::vector<double>& joint = wave.weighting.joint_population;
  std::vector<bool> in_joint(wave.dimensions.size(), false);
  if (!joint.empty()) {
    for (const int dimension : wave.weighting.dimensions)
      in_joint[static_cast<std::size_t>(dimension)] = true;
  }
  cells.population_.resize(wave.cells);
  for (std::size_t cell = 0; cell < wave.cells; ++cell) {
    double share = 1;
    for (std::size_t d = 0; d < margins.size(); ++d) {
      if (!in_joint[d]) share *= margins[d][cells.CategoryOf(cell, d)];
    }
    if (!joint.empty()) {
      std::size_t place = 0;
      for (const int dimension : wave.weighting.dimensions) {
        const auto d = static_cast<std::size_t>(dimension);
        place = place * cells.sizes_[d] + cells.CategoryOf(cell, d);
      }
      share *= joint[place];
    }
    cells.population_[cell] = share;
  }
  if (!Normalise(cells.population_)) {
    return InvalidArgument(
        "wave {}: every population total is 0, so there is nobody to simulate; give "
        "the totals",
        wave.id);
  }
  cells.invited_ = cells.population_;
  if (wave.base_weights == wave::BaseWeights::kPerCell && wave.stratum_dimension != wave::kNone) {
    const auto stratum = static_cast<std::size_t>(wave.stratum_dimension);
    for (std::size_t cell = 0; cell < wave.cells; ++cell) {
      cells.invited_[cell] /=
          wave.dimensions[stratum].categories[cells.CategoryOf(cell, stratum)].base_weight;
    }
    PP_CHECK(Normalise(cells.invited_));
  }
  double below = 0;
  for (const double share : cells.invited_) cells.invited_below_.push_back(below += share);
  return cells;
}

std::size_t Cells::Draw(Random& random) const {
  const double place = random.Uniform() * invited_below_.back();
  const auto found = std::upper_bound(invited_below_.begin(), invited_below_.end(), place);
  return std::min(static_cast<std::size_t>(found - invited_below_.begin()), count() - 1);
}

}  // namespace panelpuls::sim
