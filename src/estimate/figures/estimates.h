// What an estimate of a wave consists of: figures with their flags, the weights, comparisons,
// ranks. Made by estimate/estimator.h. Threads  plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wave/wave.h"

namespace panelpuls::estimate {

// Their names as printed: docs/PROTOCOL.md.
enum class FlagKind : std::uint8_t {
  kNotComputed,
  kEmptyCategory,  // dimension, category
  kNotConverged,
  kInfeasible,  // dimension, category
  kOutsidePopulation,
  kNotEstimable,
  kKnownFromRegister,
  kNotReportable,
  kLeverage,
  kLowN,
  kCollapsed,  // dimension, category; of a figure: more than a tenth of the population is
  kAssumesIndependentSamples,
  kLowEffectiveN,
  kNoCommonUnit,
  kNegativeWeights,     // of the whole, or of respondents that a figure rests on
  kZeroWeights,         // the margins leave some respondents, or all that a figure rests on, none
  kMoreThanPopulation,  // more respondents than enterprises; dimension, category, or of the whole
};

// A flag's dimension where the category is a place in the joint table of post-stratification.
inline constexpr std::int16_t kJointCell = -2;

struct Flag {
  FlagKind kind = FlagKind::kNotComputed;
  std::int16_t dimension = wave::kNone;
  std::int32_t category = wave::kNone;
  friend bool operator==(const Flag&, const Flag&) = default;
};
// "empty_category:size=10-49", "low_n", ...
std::string FlagText(const wave::Wave& wave, const Flag& flag);

// What a figure is; fixed by the definition.
struct FigureKey {
  std::string statistic;  // mean, share, total, ratio, difference
  std::string of;         // indicator, indicator/<group>, <question>/<option or set>
  std::string domain;     // empty: all
  std::string against;
};

struct FigureValue {
  std::uint64_t n = 0;
  std::optional<double> n_effective, value, se, se_interval, low, high, sequence_low, sequence_high,
      degrees_of_freedom;
  std::vector<Flag> flags;
};

// Part of the mean weight below which a weight is none: that of a firm of the least base weight in
// the midst of the heaviest is above it.
inline constexpr double kNoWeight = 1e-11;

struct CalibrationResult {
  bool converged = false;  // the margins are met to 1e-12
  // Also without convergence: after trimming, or by the ridge fallback. Figures then stand with the
  // flag not_converged and without SE.
  bool has_weights = false;
  bool is_ridge = false;  // the declared fallback made the weights
  // Of trimming, where the definition declares it: respondents trimmed, respondents whose weight is
  // outside of the bounds all the same, passes.
  std::uint64_t trimmed = 0;
  std::uint64_t trimmed_outside = 0;
  std::uint32_t trim_passes = 0;
  std::uint64_t negative_weights = 0;  // respondents with one
  std::uint64_t zero_weights = 0;      // respondents whose weight is below kNoWeight
  double mean_weight = 0;              // of respondents; 0 without margins
  std::uint32_t iterations = 0;
  std::optional<double> max_margin_error;
  Flag worst_margin;        // dimension and category
  std::vector<Flag> flags;  // why the margins are not met
  // kCollapsed: categories weighted as one with another; kLowN: groups with fewer than
  // collapse_below respondents that nothing declares a target for.
  std::vector<Flag> collapsed;
  std::vector<Flag> sparse;
  double collapsed_share = 0;  // part of the population in collapsed or empty categories
  // kMoreThanPopulation: the whole, and each category of the margins.
  std::vector<Flag> overfull;
  // [cell] METHOD M2's G; 0 for cells out of the population or without respondents; empty without
  // weights.
  std::vector<double> g;
};

// A row of comparisons: the difference of `of` in a and in b. What they are: two domains; a domain
// and all its others (domain_name.h); a domain and an earlier wave; two options.
struct ComparisonKey {
  std::string family;  // whose p's are adjusted for each other
  std::string of;
  std::string a;
  std::string b;
};

struct ComparisonValue {
  std::optional<double> difference, se, se_interval, degrees_of_freedom, low, high;
  std::optional<double> p;           // two-sided; absent where nothing is tested
  std::optional<double> p_adjusted;  // Holm, among the family's tests
  std::vector<Flag> flags;
};

struct RankedFigure {
  std::uint32_t figure = 0;  // in Estimates::figures
  // 1 is the largest, ties have the same (rankings.h); all ranks lie between low and high at once,
  // at the wave's confidence level. `ties`: how many others have the same rank.
  std::optional<std::uint32_t> rank, rank_low, rank_high, ties;
};

struct Ranking {
  std::string id;                     // <battery>/<set>, or the multiple-choice question
  std::vector<RankedFigure> figures;  // largest first
};

struct Estimates {
  std::uint64_t n = 0;
  std::uint64_t n_outside_population = 0;
  std::optional<double> n_effective;
  std::optional<double> design_effect;
  std::optional<double> population;
  CalibrationResult calibration;
  std::vector<FigureValue> figures;  // parallel to Estimator::keys()
  std::vector<Flag> flags;
  std::vector<std::uint64_t> cell_n;  // [cell]
  // Parallel; without weights there are none.
  std::shared_ptr<const std::vector<ComparisonKey>> comparison_keys;
  std::vector<ComparisonValue> comparisons;
  std::vector<Ranking> rankings;
};

}  // namespace panelpuls::estimate
