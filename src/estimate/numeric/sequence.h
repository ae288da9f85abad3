// The confidence sequence, valid at all looks at once: METHOD M6.
// Threads  immutable.
#pragma once

#include <cstdint>
#include <optional>

namespace panelpuls::estimate {

class ConfidenceSequence {
 public:
  struct Options {
    std::uint32_t planned_n = 0;  // t*, where it is narrowest; 0: no sequence
    double level = 0.95;
  };
  explicit ConfidenceSequence(const Options& options);

  bool is_planned() const { return planned_n_ > 0; }
  // Half-width in units of se*, at n respondents.
  double HalfWidth(double n) const;

 private:
  double planned_n_ = 0;
  double alpha_ = 0.05;
  double r_ = 0;
};

}  // namespace panelpuls::estimate
