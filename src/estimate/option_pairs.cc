#include "estimate/option_pairs.h"

#include <algorithm>

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
  std::vector<double> values(question.classes, z.Of(0));
  for (const Term& term : z.plan->numerator) values[term.entry - first] = z.Of(1);
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

}  // namespace

Contrast ContrastOf(const PairOfOptions& options, const Linearised& a, const Linearised& b) {
  const wave::Table& table = options.wave.tables[static_cast<std::size_t>(options.pair.table)];
  return table.pairs ? OfMultiple(options, a, b) : OfJointTable(options, a, b);
}

}  // namespace panelpuls::estimate
