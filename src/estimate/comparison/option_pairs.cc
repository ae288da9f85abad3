#include "estimate/comparison/option_pairs.h"

#include <algorithm>
#include <optional>

namespace panelpuls::estimate {
namespace {

// Both shares are of those who answered the one question, W and S are the same. With x = 1 for who
// chose a, less 1 for who chose b: z = (x - delta) / W, and x^2 is 0 for who chose both.
Contrast OfMultiple(const PairOfOptions& options, const Linearised& a, const Linearised& b) {
  const std::uint32_t entry_a = a.plan->numerator.front().entry;
  const std::uint32_t entry_b = b.plan->numerator.front().entry;
  const std::uint32_t answered = a.plan->base.front();
  const double delta = a.mean - b.mean;
  const double one = 1 / a.weight;
  const double square = one * one;
  Contrast contrast;
  contrast.z = {{entry_a, one}, {entry_b, -one}, {answered, -delta * one}};
  contrast.square = {{entry_a, (1 - 2 * delta) * square},
                     {entry_b, (1 + 2 * delta) * square},
                     {options.pair.both_entry, -2 * square},
                     {answered, delta * delta * square}};
  return contrast;
}

// z by class of a question whose share over all this is; the last class did not answer.
std::vector<double> ByClass(const wave::Wave& wave, const wave::Variable& question,
                            const Linearised& z) {
  const int number = wave.FindTable(question, {});
  const std::uint32_t first = wave.tables[static_cast<std::size_t>(number)].offset;
  std::vector<double> values(question.classes, z.OfRest());
  for (const Term& term : z.plan->numerator) values[term.entry - first] = z.Of(term);
  values.back() = 0;
  return values;
}

Contrast OfJointTable(const PairOfOptions& options, const Linearised& a, const Linearised& b) {
  const wave::Table& table = options.wave.tables[static_cast<std::size_t>(options.pair.table)];
  const bool transposed = options.pair.is_transposed;
  std::vector<double> rows = ByClass(options.wave, table.row, transposed ? b : a);
  std::vector<double> columns = ByClass(options.wave, table.column, transposed ? a : b);
  const double sign = transposed ? -1 : 1;
  Contrast contrast;
  for (std::uint32_t row = 0; row < table.rows; ++row) {
    for (std::uint32_t column = 0; column < table.columns; ++column) {
      const double z = sign * (rows[row] - columns[column]);
      const std::uint32_t entry = table.EntryOf(row, column);
      contrast.z.push_back({entry, z});
      contrast.square.push_back({entry, z * z});
    }
  }
  return contrast;
}

// y of a share by class of its question: 1, 0, or none for who is not in S.
std::vector<std::optional<int>> ChosenByClass(const wave::Wave& wave,
                                              const wave::Variable& question,
                                              const FigurePlan& share) {
  const int number = wave.FindTable(question, {});
  const std::uint32_t first = wave.tables[static_cast<std::size_t>(number)].offset;
  std::vector<std::optional<int>> chosen(question.classes, 0);
  for (const Term& term : share.numerator) chosen[term.entry - first] = 1;
  chosen.back().reset();
  return chosen;
}

bool HasTwoOfMultiple(const PairOfOptions& options, std::span<const double> counts) {
  const FigurePlan& a = options.plan.figures[options.pair.a];
  const FigurePlan& b = options.plan.figures[options.pair.b];
  const double both = counts[options.pair.both_entry];
  const double only_a = counts[a.numerator.front().entry] - both;
  const double only_b = counts[b.numerator.front().entry] - both;
  const double alike = counts[a.base.front()] - only_a - only_b;
  return (only_a > 0) + (only_b > 0) + (alike > 0) > 1;
}

bool HasTwoOfJointTable(const PairOfOptions& options, std::span<const double> counts) {
  const wave::Table& table = options.wave.tables[static_cast<std::size_t>(options.pair.table)];
  const FigurePlan& a = options.plan.figures[options.pair.a];
  const FigurePlan& b = options.plan.figures[options.pair.b];
  const bool transposed = options.pair.is_transposed;
  const auto of_row = ChosenByClass(options.wave, table.row, transposed ? b : a);
  const auto of_column = ChosenByClass(options.wave, table.column, transposed ? a : b);
  std::optional<int> first;
  for (std::uint32_t row = 0; row < table.rows; ++row) {
    for (std::uint32_t column = 0; column < table.columns; ++column) {
      if (counts[table.EntryOf(row, column)] <= 0) continue;
      if (of_row[row].has_value() != of_column[column].has_value()) return true;
      if (!of_row[row]) continue;
      const int difference = *of_row[row] - *of_column[column];
      if (first && *first != difference) return true;
      first = difference;
    }
  }
  return false;
}

}  // namespace

bool HasTwoDifferences(const PairOfOptions& options, std::span<const double> counts) {
  const wave::Table& table = options.wave.tables[static_cast<std::size_t>(options.pair.table)];
  return table.pairs ? HasTwoOfMultiple(options, counts) : HasTwoOfJointTable(options, counts);
}

Contrast ContrastOf(const PairOfOptions& options, const Linearised& a, const Linearised& b) {
  const wave::Table& table = options.wave.tables[static_cast<std::size_t>(options.pair.table)];
  return table.pairs ? OfMultiple(options, a, b) : OfJointTable(options, a, b);
}

}  // namespace panelpuls::estimate
