#include "sim/block.h"

#include <algorithm>
#include <cmath>

namespace panelpuls::sim {
namespace {

constexpr int kMaxRounds = 2'000;
constexpr double kTolerance = 1e-12;

struct Moments {
  double weight = 0;
  double sum = 0;
  double square_sum = 0;
};

std::vector<double> GroupShares(const Block& block, const FitTargets& targets) {
  std::vector<double> shares(targets.shares.size(), 0);
  std::vector<double> p(block.size());
  for (std::size_t type = 0; type < targets.weights.size(); ++type) {
    if (targets.weights[type] <= 0) continue;
    block.Probabilities(type, p);
    for (std::size_t k = 0; k < p.size(); ++k) {
      shares[static_cast<std::size_t>(block.shares_of[k])] += targets.weights[type] * p[k];
    }
  }
  return shares;
}

double FitBase(const FitTargets& targets, Block& block) {
  const std::vector<double> shares = GroupShares(block, targets);
  double worst = 0;
  for (std::size_t g = 0; g < shares.size(); ++g) {
    worst = std::max(worst, std::abs(shares[g] - targets.shares[g]));
  }
  for (std::size_t k = 0; k < block.size(); ++k) {
    const auto g = static_cast<std::size_t>(block.shares_of[k]);
    block.base[k] = shares[g] > 0 ? block.base[k] * targets.shares[g] / shares[g] : 0;
  }
  return worst;
}

double FitMeans(const FitTargets& targets, const DomainMean& mean, Block& block) {
  std::vector<Moments> moments(mean.targets.size());
  std::vector<double> p(block.size());
  for (std::size_t type = 0; type < targets.weights.size(); ++type) {
    const double weight = targets.weights[type];
    if (weight <= 0) continue;
    block.Probabilities(type, p);
    Moments& of_category = moments[mean.category_of[type]];
    of_category.weight += weight;
    for (std::size_t k = 0; k < p.size(); ++k) {
      of_category.sum += weight * p[k] * block.slope[k];
      of_category.square_sum += weight * p[k] * block.slope[k] * block.slope[k];
    }
  }
  double worst = 0;
  std::vector<double> steps(moments.size(), 0);
  for (std::size_t j = 0; j < moments.size(); ++j) {
    if (moments[j].weight <= 0 || std::isnan(mean.targets[j])) continue;
    const double now = moments[j].sum / moments[j].weight;
    const double variance = moments[j].square_sum / moments[j].weight - now * now;
    worst = std::max(worst, std::abs(now - mean.targets[j]));
    // Newton: the derivative of a mean slope by the tilt is the variance of the slope.
    if (variance > 0) steps[j] = std::clamp((mean.targets[j] - now) / variance, -1.0, 1.0);
  }
  for (std::size_t type = 0; type < block.tilt.size(); ++type)
    block.tilt[type] += steps[mean.category_of[type]];
  return worst;
}

}  // namespace

void Block::Probabilities(std::size_t type, std::span<double> out) const {
  double sum = 0;
  for (std::size_t k = 0; k < size(); ++k) {
    out[k] = base[k] > 0 ? base[k] * StableExp(slope[k] * tilt[type]) : 0;
    sum += out[k];
  }
  for (double& p : out) p /= sum;
}

std::size_t Block::Draw(std::size_t type, Random& random) const {
  std::vector<double> p(size());
  Probabilities(type, p);
  return random.Pick(p);
}

absl::Status Fit(const FitTargets& targets, Block& block) {
  double worst = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    worst = FitBase(targets, block);
    for (const DomainMean& mean : targets.means)
      worst = std::max(worst, FitMeans(targets, mean, block));
    if (worst < kTolerance) return absl::OkStatus();
  }
  return InvalidArgument(
      "{}: its shares and domain means cannot be met together (off by {:.2e}); are the "
      "means weighted by the population equal to the mean of the shares?",
      block.name, worst);
}

std::vector<double> ChoiceBlock::InclusionShares() const {
  std::vector<double> result = exclusive;
  double company = 1;
  for (const double p : exclusive) company -= p;
  std::vector<bool> chosen(weights.size(), false);
  // Every order in which options can be chosen, down to the largest number.
  const auto visit = [&](const auto& self, std::size_t depth, double probability) -> void {
    double sum = 0;
    double ends = 0;  // P(more than depth are chosen | at least depth)
    for (std::size_t i = 0; i < weights.size(); ++i) sum += chosen[i] ? 0 : weights[i];
    for (std::size_t count = depth + 1; count < counts.size(); ++count) ends += counts[count];
    if (ends <= 0 || sum <= 0) return;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (chosen[i] || weights[i] <= 0) continue;
      const double p = probability * weights[i] / sum;
      result[i] += company * p * ends;
      chosen[i] = true;
      self(self, depth + 1, p);
      chosen[i] = false;
    }
  };
  visit(visit, 0, 1);
  return result;
}

std::vector<int> ChoiceBlock::Draw(Random& random) const {
  double place = random.Uniform();
  for (std::size_t i = 0; i < exclusive.size(); ++i) {
    if (place < exclusive[i]) return {static_cast<int>(i)};
    place -= exclusive[i];
  }
  const std::size_t count = random.Pick(counts);
  std::vector<double> left = weights;
  std::vector<int> result;
  while (result.size() < count) {
    const std::size_t option = random.Pick(left);
    if (left[option] <= 0) break;  // fewer options than were to be chosen
    left[option] = 0;
    result.push_back(static_cast<int>(option));
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace panelpuls::sim
