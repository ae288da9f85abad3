#include "cli/comparison.h"

#include <cmath>
#include <optional>
#include <vector>

#include "cli/output.h"

namespace panelpuls::cli {
namespace {

constexpr double kMostErrors = 3;

struct ComparisonRow {
  std::string statistic, of, domain;
  std::optional<double> published;
};

// What the publication prints; for a wave without one, the indicator over all and by everything.
std::vector<ComparisonRow> RowsOf(const sim::Population& population) {
  std::vector<ComparisonRow> rows;
  for (const sim::PublishedFigure& figure : population.published()) {
    rows.push_back({.statistic = figure.statistic,
                    .of = figure.of,
                    .domain = figure.domain,
                    .published = figure.value});
  }
  if (!rows.empty()) return rows;
  for (const sim::TruthFigure& figure : population.truth()) {
    if (figure.of.starts_with("indicator") &&
        (figure.domain.empty() || figure.statistic == "mean")) {
      rows.push_back({.statistic = figure.statistic,
                      .of = figure.of,
                      .domain = figure.domain,
                      .published = {}});
    }
  }
  return rows;
}

// Means in score points, shares in percent.
std::string Shown(const ComparisonRow& row, const std::optional<double>& value) {
  if (!value.has_value()) return "-";
  return row.statistic == "mean" ? fmt::format("{:+.2f}", *value)
                                 : fmt::format("{:.2f} %", *value * 100);
}

}  // namespace

Comparison Compare(const sim::Population& population, const ReadSnapshot& snapshot,
                   const SimulationErrors& errors) {
  Comparison result;
  constexpr std::string_view kLine = "{:<46} {:>6} {:>10} {:>10} {:>10} {:>11} {:>8}\n";
  result.text =
      "SIMULATED: no respondent behind these figures exists. The published ones are those of the "
      "survey.\n";
  result.text +=
      fmt::format(kLine, "figure", "n", "estimate", "published", "truth", "difference", "in SEs");
  for (const ComparisonRow& row : RowsOf(population)) {
    const ReadFigure* estimate = snapshot.Find(row.statistic, row.of, row.domain);
    const sim::TruthFigure* truth = population.FindTruth(row.statistic, row.of, row.domain);
    const SimulationError* error = errors.Find(row.statistic, row.of, row.domain);
    const bool known = estimate != nullptr && estimate->value.has_value() && truth != nullptr;
    std::optional<double> difference;
    if (known) difference = *estimate->value - truth->value;
    std::string in_errors = "-";
    if (known && error != nullptr) in_errors = fmt::format("{:+.2f}", *difference / error->sd);
    const bool is_indicator = row.statistic == "mean" && row.domain.empty();
    if (is_indicator && error != nullptr) {
      result.judged = true;
      result.passed = known && std::abs(*difference) <= kMostErrors * error->sd;
    }
    result.text += fmt::format(
        kLine, row.domain.empty() ? row.of : row.of + "  " + row.domain,
        estimate == nullptr ? "-" : Thousands(estimate->n),
        Shown(row, estimate == nullptr ? std::nullopt : estimate->value), Shown(row, row.published),
        Shown(row, truth == nullptr ? std::nullopt : std::optional(truth->value)),
        Shown(row, difference), in_errors);
  }
  result.text +=
      "difference: estimate less truth; SE: simulation standard error, of one fieldwork to the "
      "next\n";
  if (!result.judged) {
    result.text +=
        "verdict: none, since there are no simulation standard errors (simulate --repeat makes "
        "them)\n";
  } else if (result.passed) {
    result.text += "verdict: the indicator lies within 3 simulation SEs of the truth\n";
  } else {
    result.text +=
        "verdict: FAILED, the indicator is further than 3 simulation SEs from the truth\n";
  }
  return result;
}

}  // namespace panelpuls::cli
