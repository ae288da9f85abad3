#include "estimate/response/representativity.h"

#include <algorithm>
#include <cmath>

#include "estimate/response/propensity.h"

namespace panelpuls::estimate {
namespace {

// Rates that differ by rounding alone: no direction in which the CV falls.
constexpr double kEven = 1e-9;

// `s2` S^2, `b` its bias.
Propensity FromVariance(double mean, double s2, double b) {
  const double s = std::sqrt(s2);
  Propensity result{.mean = mean, .cv = {}, .r = {}, .r_adjusted = {}};
  result.cv = s / mean;
  result.r = 1 - 2 * s;
  result.r_adjusted = 1 - 2 * std::sqrt(std::max(0.0, s2 - b));
  return result;
}

class Measurement {
 public:
  Measurement(const wave::Wave& wave, const std::vector<CellResponse>& cells)
      : wave_(wave), cells_(cells) {
    for (const wave::Dimension& dimension : wave.dimensions) {
      rows_.sizes.push_back(dimension.categories.size());
    }
    rows_.categories.reserve(cells.size() * rows_.sizes.size());
    rows_.invited.reserve(cells.size());
    rows_.responded.reserve(cells.size());
    for (const CellResponse& cell : cells) {
      std::uint64_t left = cell.cell;  // strides fall from dimension to dimension
      for (const wave::Dimension& dimension : wave.dimensions) {
        const std::uint64_t category = left / dimension.cell_stride;
        rows_.categories.push_back(static_cast<std::uint32_t>(category));
        left -= category * dimension.cell_stride;
      }
      rows_.invited.push_back(cell.invited);
      rows_.responded.push_back(cell.responded);
      result_.invited += cell.invited;
      result_.responded += cell.responded;
    }
    mean_ = result_.invited > 0 ? result_.responded / result_.invited : 0;
    result_.whole.mean = mean_;
  }

  Representativity Measure() {
    const bool is_enough = result_.responded >= kMinimumForRepresentativity && result_.invited > 1;
    for (std::size_t d = 0; d < wave_.dimensions.size(); ++d) MeasureAlone(d, is_enough);
    if (!is_enough || wave_.dimensions.empty()) return std::move(result_);
    const absl::Status fitted = model_.Fit(rows_);
    if (!fitted.ok()) {
      result_.failure = ToStd(fitted.message());
      return std::move(result_);
    }
    MeasureTogether();
    for (std::size_t d = 0; d < wave_.dimensions.size(); ++d) MeasureConditional(d);
    return std::move(result_);
  }

 private:
  // Units of the cells that differ in one dimension alone.
  struct Class {
    double invited = 0;
    double sum = 0;  // of rates
  };

  // One dimension, saturated.
  void MeasureAlone(std::size_t d, bool is_enough) {
    DimensionPropensity out;
    out.categories.resize(rows_.sizes[d]);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      CategoryPropensity& category = out.categories[rows_.CategoriesOf(row)[d]];
      category.invited += rows_.invited[row];
      category.responded += rows_.responded[row];
    }
    const double n = result_.invited;
    double s2 = 0;
    double b = 0;
    for (CategoryPropensity& category : out.categories) {
      if (!(category.invited > 0)) continue;
      const double rate = category.responded / category.invited;
      category.rate = rate;
      if (!is_enough) continue;
      category.unconditional = std::sqrt(category.invited / n) * (rate - mean_);
      s2 += category.invited * (rate - mean_) * (rate - mean_) / (n - 1);
      if (category.invited <= 1) continue;
      b += rate * (1 - rate) * category.invited / (category.invited - 1) *
           (1 - category.invited / n) / (n - 1);
    }
    out.whole.mean = mean_;
    if (is_enough) out.whole = FromVariance(mean_, s2, b);
    result_.dimensions.push_back(std::move(out));
  }

  void MeasureTogether() {
    const double n = result_.invited;
    double s2 = 0;
    double b = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const double rate = model_.rates()[row];
      s2 += rows_.invited[row] * (rate - mean_) * (rate - mean_) / (n - 1);
      const double spread = rate * (1 - rate);
      b += rows_.invited[row] * spread * spread * model_.Variance(row) / n;
    }
    result_.whole = FromVariance(mean_, s2, b);
    if (std::sqrt(s2) > kEven * mean_) MeasureSlopes(std::sqrt(s2));
  }

  // d S^2 / d r_c = 2 / (n - 1) x_c' Sigma v, v = sum I (rho - rbar) rho (1 - rho) x. Where a
  // category has fixed the rates, the cell moves alone.
  void MeasureSlopes(double s) {
    const double n = result_.invited;
    std::vector<double> v(model_.columns());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (model_.is_separated(row)) continue;
      const double rate = model_.rates()[row];
      const double part = rows_.invited[row] * (rate - mean_) * rate * (1 - rate);
      v[0] += part;
      const auto categories = rows_.CategoriesOf(row);
      for (std::size_t d = 0; d < categories.size(); ++d) {
        v[model_.ColumnOf(d, categories[d])] += part;
      }
    }
    const std::vector<double> slopes = model_.Solve(std::move(v));
    result_.slopes.is_known = true;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      double slope = model_.rates()[row] - mean_;
      if (!model_.is_separated(row)) {
        slope = slopes[0];
        const auto categories = rows_.CategoriesOf(row);
        for (std::size_t d = 0; d < categories.size(); ++d) {
          slope += slopes[model_.ColumnOf(d, categories[d])];
        }
      }
      const double s_slope = slope / (n - 1) / s;
      result_.slopes.falls.push_back(s / (n * mean_ * mean_) - s_slope / mean_);
    }
  }

  // The cross-class of the other dimensions is the cell with this dimension's category taken out.
  void MeasureConditional(std::size_t d) {
    const std::uint64_t stride = wave_.dimensions[d].cell_stride;
    const auto class_of = [&](std::size_t row) {
      return cells_[row].cell - rows_.CategoriesOf(row)[d] * stride;
    };
    classes_.assign(wave_.cells, {});
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      Class& of = classes_[class_of(row)];
      of.invited += rows_.invited[row];
      of.sum += rows_.invited[row] * model_.rates()[row];
    }
    std::vector<double> squares(rows_.sizes[d]);
    double whole = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const Class& of = classes_[class_of(row)];
      const double left = model_.rates()[row] - of.sum / of.invited;
      const double square = rows_.invited[row] * left * left / result_.invited;
      squares[rows_.CategoriesOf(row)[d]] += square;
      whole += square;
    }
    DimensionPropensity& out = result_.dimensions[d];
    out.conditional = std::sqrt(whole);
    for (std::size_t k = 0; k < squares.size(); ++k) {
      if (out.categories[k].invited > 0) out.categories[k].conditional = std::sqrt(squares[k]);
    }
  }

  const wave::Wave& wave_;
  const std::vector<CellResponse>& cells_;
  PropensityRows rows_;
  PropensityModel model_;
  std::vector<Class> classes_;  // [cell] of the first such cell
  double mean_ = 0;
  Representativity result_;
};

}  // namespace

Representativity MeasureRepresentativity(const wave::Wave& wave,
                                         const std::vector<CellResponse>& cells) {
  return Measurement(wave, cells).Measure();
}

}  // namespace panelpuls::estimate
