#include "estimate/wave_difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "estimate/comparison/difference.h"
#include "estimate/plan/comparison_plan.h"
#include "estimate/unit_influence.h"

namespace panelpuls::estimate {
namespace {

// The distinct units of two waves, and where each stands in them.
class JoinedUnits {
 public:
  JoinedUnits(const WaveRecords& later, const UnitInfluences& of_later, const WaveRecords& earlier,
              const UnitInfluences& of_earlier) {
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> places;
    const auto add = [&](const WaveRecords& records, const UnitInfluences& influences,
                         std::vector<std::uint32_t>* place_of) {
      for (std::size_t i = 0; i < records.units.size(); ++i) {
        place_of->push_back(kNone);
        if (!influences.IsInPopulation(i)) continue;
        const WaveUnit& unit = records.units[i];
        const auto [found, is_new] = places.try_emplace({unit.key_high, unit.key_low}, count_);
        if (is_new) {
          ++count_;
          stratum_.push_back(NumberOf(influences.StratumOf(i)));
        } else {
          ++common_;
        }
        place_of->back() = found->second;
      }
    };
    add(later, of_later, &later_);
    add(earlier, of_earlier, &earlier_);
    n_.resize(strata_.size());
    for (const std::uint32_t stratum : stratum_) n_[stratum] += 1;
  }

  std::uint32_t count() const { return count_; }
  std::uint32_t common() const { return common_; }
  std::size_t strata() const { return n_.size(); }

  // later - earlier, unit by unit.
  std::vector<double> Subtract(const std::vector<double>& later,
                               const std::vector<double>& earlier) const {
    std::vector<double> v(count_);
    for (std::size_t i = 0; i < later.size(); ++i) {
      if (later_[i] != kNone) v[later_[i]] += later[i];
    }
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      if (earlier_[i] != kNone) v[earlier_[i]] -= earlier[i];
    }
    return v;
  }

  // n/(n-1) sum (v - vbar)^2 over the strata; NaN where a stratum has one unit.
  double Variance(const std::vector<double>& v) const {
    std::vector<double> mean(strata());
    for (std::size_t i = 0; i < v.size(); ++i) mean[stratum_[i]] += v[i] / n_[stratum_[i]];
    double sum = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double n = n_[stratum_[i]];
      const double away = v[i] - mean[stratum_[i]];
      sum += n / (n - 1) * away * away;
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t NumberOf(const std::string& stratum) {
    return strata_.try_emplace(stratum, static_cast<std::uint32_t>(strata_.size())).first->second;
  }

  std::map<std::string, std::uint32_t> strata_;
  std::vector<double> n_;                       // [stratum] units
  std::vector<std::uint32_t> stratum_;          // [unit]
  std::vector<std::uint32_t> later_, earlier_;  // [record] -> unit
  std::uint32_t count_ = 0;
  std::uint32_t common_ = 0;
};

// Part of the waves' own sums of squares below which what they leave of each other is rounding.
constexpr double kRoundingOfSquares = 1e-18;

double SquaresOf(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

struct Waves {
  const UnitInfluences& later;
  const UnitInfluences& earlier;
  const JoinedUnits& units;
  double level = 0.95;
};

Variances VariancesOf(const Waves& waves, std::size_t later, std::size_t earlier) {
  UnitInfluences::Values of_later;
  UnitInfluences::Values of_earlier;
  waves.later.Compute(later, &of_later);
  waves.earlier.Compute(earlier, &of_earlier);
  Variances variances;
  variances.v = waves.units.Variance(waves.units.Subtract(of_later.v, of_earlier.v));
  // Who answered alike in both, all of them: nothing is left but rounding.
  if (!(variances.v > kRoundingOfSquares * (SquaresOf(of_later.v) + SquaresOf(of_earlier.v))))
    return {};
  if (waves.units.strata() > 1) {
    const double n = waves.units.count();
    const double p = waves.later.rank() + waves.earlier.rank();
    variances.v_star = n > p ? variances.v * (n - 1) / (n - p) : 0;
    return variances;
  }
  for (const double v : waves.units.Subtract(of_later.v_star, of_earlier.v_star)) {
    variances.v_star += v * v;
  }
  return variances;
}

FigureValue DifferenceOf(const Waves& waves, std::size_t later, std::size_t earlier) {
  const FigureValue& a = waves.later.figures()[later];
  const FigureValue& b = waves.earlier.figures()[earlier];
  DifferenceErrors errors;
  if (IsTestable(a) && IsTestable(b)) {
    errors = ErrorsOf(VariancesOf(waves, later, earlier),
                      {.a = a,
                       .b = b,
                       .has_random_size = waves.later.HasRandomSize(later) ||
                                          waves.earlier.HasRandomSize(earlier)});
  }
  const ComparisonValue difference = Compare(a, b, errors, waves.level);
  FigureValue figure;
  figure.n = a.n;
  figure.n_effective = a.n_effective;
  figure.value = difference.difference;
  figure.se = difference.se;
  figure.se_interval = difference.se_interval;
  figure.low = difference.low;
  figure.high = difference.high;
  figure.degrees_of_freedom = difference.degrees_of_freedom;
  figure.flags = difference.flags;
  if (waves.units.common() == 0) figure.flags.push_back({.kind = FlagKind::kNoCommonUnit});
  return figure;
}

void AddTests(WaveDifferences* differences) {
  std::vector<std::pair<std::string, std::size_t>> families;
  for (std::size_t i = 0; i < differences->keys.size(); ++i) {
    const FigureKey& key = differences->keys[i];
    const bool is_mean = key.of == "indicator";
    families.emplace_back(FamilyAgainst({.statistic = is_mean ? "mean" : "share",
                                         .of = key.of,
                                         .domain = key.domain,
                                         .against = ""},
                                        key.against),
                          i);
  }
  std::sort(families.begin(), families.end());
  for (const auto& [family, i] : families) {
    const FigureKey& key = differences->keys[i];
    differences->comparison_keys.push_back(
        {.family = family, .of = key.of, .a = key.domain, .b = key.against});
    differences->comparisons.push_back(TestOf(differences->figures[i]));
  }
  AdjustFamilies(differences->comparison_keys, &differences->comparisons);
}

}  // namespace

WaveDifferences CompareWaves(const WaveRecords& later, const WaveRecords& earlier) {
  const UnitInfluences of_later(later);
  const UnitInfluences of_earlier(earlier);
  const JoinedUnits units(later, of_later, earlier, of_earlier);
  const Waves waves{.later = of_later,
                    .earlier = of_earlier,
                    .units = units,
                    .level = later.wave->reporting.confidence_level};
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> places;
  for (std::size_t i = 0; i < of_earlier.keys().size(); ++i) {
    const FigureKey& key = of_earlier.keys()[i];
    places.try_emplace({key.statistic, key.of, key.domain}, i);
  }
  WaveDifferences result;
  result.units = units.count();
  result.common_units = units.common();
  for (std::size_t i = 0; i < of_later.keys().size(); ++i) {
    const FigureKey& key = of_later.keys()[i];
    // A difference is named by what it is of: totals and ratios would be taken for shares and
    // means.
    if (key.statistic != "mean" && key.statistic != "share") continue;
    const auto found = places.find({key.statistic, key.of, key.domain});
    if (found == places.end()) continue;
    result.keys.push_back({.statistic = "difference",
                           .of = key.of,
                           .domain = key.domain,
                           .against = earlier.wave->id});
    result.figures.push_back(DifferenceOf(waves, i, found->second));
  }
  AddTests(&result);
  return result;
}

}  // namespace panelpuls::estimate
