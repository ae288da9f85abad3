// Intervals of one fixed look: METHOD M5.
// Mean     value +- t se*.
// Share    Korn & Graubard's beta interval on a capped effective number of respondents.
// Ratio    value +- t se* of its logarithm.
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <optional>

namespace panelpuls::estimate {

struct Limits {
  double low = 0;
  double high = 0;
};

struct IntervalInputs {
  double value = 0;
  std::optional<double> se_interval;  // absent: none is known
  double degrees_of_freedom = 0;
  double level = 0.95;
};
// None below one degree of freedom and without se*.
std::optional<Limits> MeanInterval(const IntervalInputs& inputs);

std::optional<Limits> RatioInterval(const IntervalInputs& inputs);

struct ShareMembers {
  double n = 0;            // members of S
  double n_effective = 0;  // Kish's, of S
  bool is_at_end = false;  // all of them alike: the value is 0 or 1
};
std::optional<Limits> ShareInterval(const IntervalInputs& inputs, const ShareMembers& members);

}  // namespace panelpuls::estimate
