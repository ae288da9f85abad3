// The population by weighting cell: product of the margins of the wave (or its joint table).
// Threads  immutable once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "sim/random.h"
#include "wave/wave.h"

namespace panelpuls::sim {

class Cells {
 public:
  // InvalidArgument: more cells than a simulation takes, or totals that are all 0.
  static absl::StatusOr<Cells> Make(const wave::Wave& wave);

  std::size_t count() const { return population_.size(); }
  // [cell] shares of the population and of the invited; each sums to 1. They differ where the
  // design draws by stratum.
  const std::vector<double>& population() const { return population_; }
  const std::vector<double>& invited() const { return invited_; }
  std::size_t CategoryOf(std::size_t cell, std::size_t dimension) const {
    return cell / strides_[dimension] % sizes_[dimension];
  }
  std::size_t Draw(Random& random) const;  // among the invited

 private:
  std::vector<std::size_t> strides_;
  std::vector<std::size_t> sizes_;
  std::vector<double> population_;
  std::vector<double> invited_;
  std::vector<double> invited_below_;  // [cell] sum of invited up to and with the cell
};

}  // namespace panelpuls::sim
