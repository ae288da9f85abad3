#include "sim/indicator_block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sim/effects.h"

namespace panelpuls::sim {
namespace {

// Every valid combination of the indicator's questions, its group, and its code "up/same".
struct Combination {
  std::vector<int> options;
  std::size_t group = 0;
  std::string code;
};

std::vector<Combination> Combinations(const wave::Wave& wave) {
  const wave::Indicator& indicator = *wave.indicator;
  std::vector<Combination> result;
  for (std::size_t place = 0; place < indicator.group_of.size(); ++place) {
    const std::size_t group = indicator.group_of[place];
    if (group >= indicator.groups.size()) continue;
    Combination combination{
        .options = std::vector<int>(indicator.questions.size()), .group = group, .code = {}};
    std::size_t rest = place;
    bool whole = true;
    for (std::size_t q = indicator.questions.size(); q-- > 0;) {
      const wave::Question& question =
          wave.questions[static_cast<std::size_t>(indicator.questions[q])];
      const std::size_t digit = rest % (question.options.size() + 1);
      rest /= question.options.size() + 1;
      whole = whole && digit > 0;
      combination.options[q] = static_cast<int>(digit) - 1;
      if (digit == 0) continue;
      combination.code = question.options[digit - 1].code + (combination.code.empty() ? "" : "/") +
                         combination.code;
    }
    if (whole) result.push_back(std::move(combination));
  }
  return result;
}

// [group] shares, adding up to 1.
absl::StatusOr<std::vector<double>> GroupShares(const wave::Indicator& indicator,
                                                const Parameters& parameters) {
  std::vector<double> shares(indicator.groups.size(),
                             1 / static_cast<double>(indicator.groups.size()));
  const auto entries = parameters.Section("indicator.shares");
  if (entries.empty()) return shares;
  std::fill(shares.begin(), shares.end(), 0);
  double sum = 0;
  for (const Parameters::Entry* entry : entries) {
    const auto found =
        std::find_if(indicator.groups.begin(), indicator.groups.end(),
                     [&](const wave::IndicatorGroup& group) { return group.id == entry->name; });
    if (found == indicator.groups.end()) {
      return parameters.ErrorAt(*entry,
                                fmt::format("the indicator has no group '{}'", entry->name));
    }
    PP_ASSIGN_OR_RETURN(const double percent, parameters.Number(*entry, {.low = 0, .high = 100}));
    shares[static_cast<std::size_t>(found - indicator.groups.begin())] = percent / 100;
    sum += percent;
  }
  if (std::abs(sum - 100) > 1e-9) {
    return parameters.ErrorAt(*entries.front(),
                              fmt::format("the group shares add up to {}; make them 100", sum));
  }
  return shares;
}

double MeanScore(const wave::Indicator& indicator, const std::vector<double>& shares) {
  double mean = 0;
  for (std::size_t g = 0; g < shares.size(); ++g) mean += shares[g] * indicator.groups[g].score;
  return mean;
}

// The shares tilted by exp(t score) so that their mean score is `target`.
absl::StatusOr<std::vector<double>> TiltToMean(const wave::Indicator& indicator,
                                               const std::vector<double>& shares, double target) {
  std::vector<double> tilted = shares;
  double low = -1;
  double high = 1;
  for (int round = 0; round < 200; ++round) {
    const double t = (low + high) / 2;
    double sum = 0;
    for (std::size_t g = 0; g < shares.size(); ++g) {
      tilted[g] = shares[g] * StableExp(t * indicator.groups[g].score);
      sum += tilted[g];
    }
    for (double& share : tilted) share /= sum;
    (MeanScore(indicator, tilted) < target ? low : high) = t;
  }
  if (std::abs(MeanScore(indicator, tilted) - target) > 1e-9) {
    return InvalidArgument(
        "the truth shift leads to an indicator of {:.2f}, which no group shares have; choose a "
        "smaller one",
        target);
  }
  return tilted;
}

absl::Status FillCombinations(const wave::Wave& wave, const Parameters& parameters, Block& block,
                              const std::vector<double>& shares) {
  const std::vector<Combination> combinations = Combinations(wave);
  std::vector<double> sums(shares.size(), 0);
  for (const Combination& combination : combinations) {
    double weight = 1;
    if (const Parameters::Entry* entry =
            parameters.Find("indicator.combinations", combination.code)) {
      PP_ASSIGN_OR_RETURN(weight, parameters.Number(*entry, {.low = 0, .high = 1e6}));
    }
    block.outcomes.push_back(combination.options);
    block.shares_of.push_back(static_cast<int>(combination.group));
    block.base.push_back(weight);
    sums[combination.group] += weight;
  }
  for (std::size_t k = 0; k < block.size(); ++k) {
    const auto g = static_cast<std::size_t>(block.shares_of[k]);
    block.base[k] = sums[g] > 0 ? block.base[k] / sums[g] * shares[g] : 0;
  }
  return absl::OkStatus();
}

struct MeanShift {
  double mean = 0;  // of the indicator in the population, shift included
  double truth_shift = 0;
};

// Targets of [indicator.means.DIMENSION] in score points; empty when there is no such section.
absl::StatusOr<std::vector<double>> DomainTargets(const Model& model, const Parameters& parameters,
                                                  std::size_t d, const MeanShift& shift) {
  const wave::Dimension& dimension = model.wave->dimensions[d];
  const auto entries = parameters.Section("indicator.means." + dimension.id);
  if (entries.empty()) return std::vector<double>();
  std::vector<double> targets(dimension.categories.size(),
                              std::numeric_limits<double>::quiet_NaN());
  double rounding = 0;
  for (const Parameters::Entry* entry : entries) {
    if (entry->name == "rounding") {
      PP_ASSIGN_OR_RETURN(rounding, parameters.Number(*entry, {.low = 0, .high = 100}));
      continue;
    }
    PP_ASSIGN_OR_RETURN(const std::size_t category, CategoryNamed(parameters, *entry, dimension));
    PP_ASSIGN_OR_RETURN(targets[category], parameters.Number(*entry, {.low = -1e6, .high = 1e6}));
    targets[category] += shift.truth_shift;
  }
  double mean = 0;
  for (std::size_t cell = 0; cell < model.cells.count(); ++cell) {
    mean += model.cells.population()[cell] * targets[model.cells.CategoryOf(cell, d)];
  }
  if (std::isnan(mean)) return targets;  // a free category takes up the difference
  const double off = shift.mean - mean;
  if (std::abs(off) > rounding) {
    return parameters.ErrorAt(
        *entries.front(),
        fmt::format("the means by {} give {:.4f} in the population and the group shares {:.4f}; "
                    "they must agree within 'rounding' ({})",
                    dimension.id, mean, shift.mean, rounding));
  }
  for (double& target : targets) target += off;
  return targets;
}

// Where the file says nothing: categories of each dimension evenly from -effect to +effect.
absl::StatusOr<std::vector<double>> GenericEffects(const Model& model,
                                                   const Parameters& parameters) {
  PP_ASSIGN_OR_RETURN(const double effect,
                      parameters.Number("generic", "effect_points", {.low = 0, .high = 1e6}));
  std::vector<double> sums(model.type_weights.size(), 0);
  for (std::size_t type = 0; type < sums.size(); ++type) {
    for (std::size_t d = 0; d < model.wave->dimensions.size(); ++d) {
      const auto categories = static_cast<double>(model.wave->dimensions[d].categories.size());
      const auto category = static_cast<double>(model.cells.CategoryOf(type / model.levels, d));
      if (categories > 1) sums[type] += effect * (2 * category / (categories - 1) - 1);
    }
  }
  return sums;
}

}  // namespace

absl::StatusOr<Block> MakeIndicatorBlock(const Model& model, const Parameters& parameters,
                                         double truth_shift) {
  const wave::Indicator& indicator = *model.wave->indicator;
  Block block;
  block.name = "indicator";
  block.valid_group = block.name;
  block.questions = indicator.questions;
  PP_ASSIGN_OR_RETURN(std::vector<double> shares, GroupShares(indicator, parameters));
  if (truth_shift != 0) {
    PP_ASSIGN_OR_RETURN(shares,
                        TiltToMean(indicator, shares, MeanScore(indicator, shares) + truth_shift));
  }
  PP_RETURN_IF_ERROR(FillCombinations(*model.wave, parameters, block, shares));
  double scale = 0;
  for (const wave::IndicatorGroup& group : indicator.groups)
    scale = std::max(scale, std::abs(group.score));
  if (scale == 0) scale = 1;
  for (const int group : block.shares_of) {
    block.slope.push_back(indicator.groups[static_cast<std::size_t>(group)].score / scale);
  }
  FitTargets targets{.weights = model.type_weights, .shares = shares, .means = {}};
  const MeanShift shift{.mean = MeanScore(indicator, shares), .truth_shift = truth_shift};
  double variance = 0;
  for (std::size_t g = 0; g < shares.size(); ++g) {
    const double from_mean = indicator.groups[g].score - shift.mean;
    variance += shares[g] * from_mean * from_mean;
  }
  bool found = false;
  PP_ASSIGN_OR_RETURN(
      block.tilt,
      SumEffects(model, parameters,
                 {.prefix = "indicator.effects", .range = {.low = -100, .high = 100}}, &found));
  for (std::size_t d = 0; d < model.wave->dimensions.size(); ++d) {
    PP_ASSIGN_OR_RETURN(std::vector<double> means, DomainTargets(model, parameters, d, shift));
    if (means.empty()) continue;
    found = true;
    DomainMean mean;
    for (const double target : means) mean.targets.push_back(target / scale);
    for (std::size_t type = 0; type < model.type_weights.size(); ++type) {
      mean.category_of.push_back(model.cells.CategoryOf(type / model.levels, d));
    }
    targets.means.push_back(std::move(mean));
  }
  if (!found) {
    PP_ASSIGN_OR_RETURN(block.tilt, GenericEffects(model, parameters));
  }
  // A tilt of 1 moves a mean score by variance / scale points.
  for (double& tilt : block.tilt) tilt = variance > 0 ? tilt * scale / variance : 0;
  PP_RETURN_IF_ERROR(Fit(targets, block));
  return block;
}

}  // namespace panelpuls::sim
