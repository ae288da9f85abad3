#include "estimate/response/guidance.h"

#include <algorithm>
#include <tuple>

#include "estimate/plan/cell_list.h"
#include "estimate/variance/residual_spread.h"

namespace panelpuls::estimate {
namespace {

// A rate of few units is mixed with that of its surroundings, as if so many more were of these.
constexpr double kPriorUnits = 5;

double Smoothed(double responded, double tried, double around) {
  return (responded + kPriorUnits * around) / (tried + kPriorUnits);
}

// Sums over the cells of a category, or of one cell.
struct Sums {
  std::uint64_t n = 0;
  double weight = 0;  // sum of G T
  double squares = 0;
  double valid = 0;
  std::uint64_t invited = 0;
  std::uint64_t responded = 0;
  std::uint64_t open = 0;
  std::uint64_t tried = 0;
  double falls = 0;  // over open units
  double fall_units = 0;
};

class InterviewRanking {
 public:
  explicit InterviewRanking(const GuidanceInputs& inputs)
      : inputs_(inputs), wave_(inputs.wave), map_(inputs.wave) {
    ListCells(wave_, map_, inputs.cube, &list_);
    spread_ = MeasureSpread(wave_, map_, inputs.cube, list_);
    has_weights_ = spread_ && !inputs.estimates.calibration.g.empty();
    if (!inputs.estimates.figures.empty()) {
      const std::optional<double>& se = inputs.estimates.figures.front().se_interval;
      if (wave_.indicator && se && *se > 0) variance_ = *se * *se;
    }
    AddUp();
  }

  Guidance Rank() {
    Tabulate();
    Guidance guidance;
    RankCategories(&guidance);
    RankCells(&guidance);
    if (has_gains()) return guidance;
    guidance.flags = inputs_.estimates.calibration.flags;
    if (guidance.flags.empty()) guidance.flags.push_back({.kind = FlagKind::kNotEstimable});
    return guidance;
  }

 private:
  bool has_frame() const { return !inputs_.cases.empty(); }
  double Sum() const { return whole_.weight; }
  bool has_gains() const { return has_weights_ && Sum() > 0; }

  void AddUp() {
    cells_.resize(wave_.cells);
    for (std::size_t i = 0; i < list_.size(); ++i) {
      Sums& sums = cells_[list_.cells[i]];
      sums.n = list_.n[i];
      if (!has_weights_) continue;
      sums.weight = inputs_.estimates.calibration.g[list_.cells[i]] * list_.t[i];
      sums.squares = spread_->squares[i];
      sums.valid = spread_->valid[i];
    }
    for (const wave::Dimension& dimension : wave_.dimensions) {
      categories_.emplace_back(dimension.categories.size());
    }
    for (std::uint64_t cell = 0; cell < wave_.cells; ++cell) {
      if (map_.IsOutside(cell)) continue;
      AddCases(cell);
      AddTo(cells_[cell], &whole_);
      for (std::size_t d = 0; d < categories_.size(); ++d) {
        AddTo(cells_[cell], &categories_[d][map_.CategoryOf(d, cell)]);
      }
    }
  }

  void AddCases(std::uint64_t cell) {
    Sums& sums = cells_[cell];
    if (has_frame()) {
      const CellCases& cases = inputs_.cases[cell];
      sums.invited = cases.invited;
      sums.responded = cases.responded;
      sums.open = cases.open;
      sums.tried = cases.tried;
    }
    if (inputs_.falls.empty() || !inputs_.falls[cell]) return;
    sums.fall_units = static_cast<double>(sums.open);
    sums.falls = sums.fall_units * *inputs_.falls[cell];
  }

  static void AddTo(const Sums& cell, Sums* sums) {
    sums->n += cell.n;
    sums->weight += cell.weight;
    sums->squares += cell.squares;
    sums->valid += cell.valid;
    sums->invited += cell.invited;
    sums->responded += cell.responded;
    sums->open += cell.open;
    sums->tried += cell.tried;
    sums->falls += cell.falls;
    sums->fall_units += cell.fall_units;
  }

  // What the cells of a category have in common.
  void Tabulate() {
    for (std::size_t d = 0; d < categories_.size(); ++d) {
      std::vector<double>& rates = rates_.emplace_back();
      std::vector<double>& variances = variances_.emplace_back();
      for (std::size_t k = 0; k < categories_[d].size(); ++k) {
        rates.push_back(CategoryRate(d, k));
        if (has_gains()) variances.push_back(CategoryVariance(d, k));
      }
    }
  }

  // One respondent more, whoever tries: METHOD M11 without p.
  double GainOf(const Sums& sums, double share, double n) const {
    return VarianceGain({.share = share, .spread = spread_->Of(sums.squares, sums.valid), .n = n});
  }

  double CategoryVariance(std::size_t d, std::size_t category) const {
    const Sums& sums = categories_[d][category];
    if (sums.n > 0) return GainOf(sums, sums.weight / Sum(), static_cast<double>(sums.n));
    // Nobody yet: its part of the population as if one had answered for it.
    return GainOf(sums, ShareOf(d, category), 1);
  }

  // Of the population; without totals of the frame; without either, of the categories.
  double ShareOf(std::size_t d, std::size_t category) const {
    const auto& categories = wave_.dimensions[d].categories;
    double population = 0;
    for (const wave::Category& each : categories) population += each.population;
    if (categories[category].has_population && population > 0) {
      return categories[category].population / population;
    }
    if (whole_.invited > 0) {
      return static_cast<double>(categories_[d][category].invited) /
             static_cast<double>(whole_.invited);
    }
    return 1 / static_cast<double>(categories.size());
  }

  double CellVariance(std::uint64_t cell) const {
    const Sums& sums = cells_[cell];
    if (sums.n > 0) return GainOf(sums, sums.weight / Sum(), static_cast<double>(sums.n));
    double best = 0;
    const auto consider = [&](std::size_t d) {
      best = std::max(best, variances_[d][map_.CategoryOf(d, cell)]);
    };
    for (const int d : wave_.weighting.dimensions) consider(static_cast<std::size_t>(d));
    if (!wave_.weighting.dimensions.empty()) return best;
    for (std::size_t d = 0; d < categories_.size(); ++d) consider(d);
    return best;
  }

  double CategoryRate(std::size_t d, std::size_t category) const {
    const Sums& sums = categories_[d][category];
    // One more of each kind, so that it is never 0 or 1.
    const double whole =
        (static_cast<double>(whole_.responded) + 1) / (static_cast<double>(whole_.tried) + 2);
    return Smoothed(static_cast<double>(sums.responded), static_cast<double>(sums.tried), whole);
  }

  double CellRate(std::uint64_t cell) const {
    const Sums& sums = cells_[cell];
    double around = 0;
    for (std::size_t d = 0; d < categories_.size(); ++d) {
      around += rates_[d][map_.CategoryOf(d, cell)];
    }
    if (!categories_.empty()) around /= static_cast<double>(categories_.size());
    return Smoothed(static_cast<double>(sums.responded), static_cast<double>(sums.tried), around);
  }

  Gain Describe(const Sums& sums, double rate) const {
    Gain gain;
    gain.n = sums.n;
    if (has_frame()) {
      gain.open = sums.open;
      gain.expected_response = sums.open == 0 ? 0 : rate;
    }
    if (sums.fall_units > 0) gain.representativity = sums.falls / sums.fall_units;
    return gain;
  }

  void SetVariance(double variance, Gain* gain) const {
    gain->variance = variance * gain->expected_response;
    if (variance_) gain->variance_share = *gain->variance / *variance_;
  }

  // Of equal gains the one with fewer respondents, so that an empty cell comes before the one that
  // stands for its category alone.
  static auto Order(const Gain& gain) {
    return std::tuple(-gain.variance.value_or(-1), !gain.representativity,
                      -gain.representativity.value_or(0), gain.n);
  }

  void RankCategories(Guidance* guidance) const {
    for (std::size_t d = 0; d < categories_.size(); ++d) {
      for (std::size_t k = 0; k < categories_[d].size(); ++k) {
        const Sums& sums = categories_[d][k];
        const wave::Category& category = wave_.dimensions[d].categories[k];
        if (category.has_population && category.population <= 0) continue;
        if (has_frame() && sums.invited == 0) continue;
        CategoryGain row{.dimension = static_cast<int>(d),
                         .category = static_cast<int>(k),
                         .gain = Describe(sums, rates_[d][k])};
        if (has_gains()) SetVariance(variances_[d][k], &row.gain);
        guidance->categories.push_back(row);
      }
    }
    std::sort(guidance->categories.begin(), guidance->categories.end(),
              [](const CategoryGain& a, const CategoryGain& b) {
                return std::tuple(Order(a.gain), a.dimension, a.category) <
                       std::tuple(Order(b.gain), b.dimension, b.category);
              });
  }

  void RankCells(Guidance* guidance) const {
    guidance->cells.reserve(wave_.cells);
    for (std::uint64_t cell = 0; cell < wave_.cells; ++cell) {
      const Sums& sums = cells_[cell];
      if (map_.IsOutside(cell) || (has_frame() && sums.open == 0)) continue;
      CellGain row{.cell = cell, .gain = Describe(sums, has_frame() ? CellRate(cell) : 1)};
      if (has_gains()) SetVariance(CellVariance(cell), &row.gain);
      guidance->cells.push_back(row);
    }
    const std::size_t most = std::min(guidance->cells.size(), kMostGuidedCells);
    std::partial_sort(
        guidance->cells.begin(), guidance->cells.begin() + static_cast<std::ptrdiff_t>(most),
        guidance->cells.end(), [](const CellGain& a, const CellGain& b) {
          return std::tuple(Order(a.gain), a.cell) < std::tuple(Order(b.gain), b.cell);
        });
    guidance->cells.resize(most);
  }

  const GuidanceInputs& inputs_;
  const wave::Wave& wave_;
  CellMap map_;
  CellList list_;
  std::optional<ResidualSpread> spread_;
  bool has_weights_ = false;
  std::optional<double> variance_;
  Sums whole_;
  std::vector<Sums> cells_;                     // [cell]
  std::vector<std::vector<Sums>> categories_;   // [dimension][category]
  std::vector<std::vector<double>> rates_;      // likewise
  std::vector<std::vector<double>> variances_;  // likewise; empty without gains
};

}  // namespace

Guidance RankInterviews(const GuidanceInputs& inputs) { return InterviewRanking(inputs).Rank(); }

}  // namespace panelpuls::estimate
