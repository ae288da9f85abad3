// Which sums of the cube each figure is made of; fixed by the definition.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/estimates.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct Term {
  std::uint32_t entry = 0;  // of the source
  double y = 1;
};

// value = sum over `numerator` of y W / sum over `base` of W; n and effective n over `base`, which
// counts every member of METHOD M3's S once.
struct FigurePlan {
  std::uint32_t source = 0;  // 0: the whole block; else a part of Plan::splits
  // A share's y is 1 in the numerator and 0 in the rest of the base; a mean's numerator has every
  // entry of the base.
  bool is_share = false;
  bool is_domain = false;       // not over all
  int dimension = wave::kNone;  // of the domain, where it is a category
  std::int32_t category = wave::kNone;
  std::uint32_t first_entry = 0;  // of the source, in the block
  std::vector<Term> numerator;
  std::vector<std::uint32_t> base;
};

// A table kept apart by category of a dimension. Its sources are numbered from first_source.
struct Split {
  int dimension = wave::kNone;
  int table = 0;
  std::uint32_t first_source = 0;
};

struct Plan {
  std::vector<FigureKey> keys;  // of the figures, and behind them of differences of waves
  std::vector<FigurePlan> figures;
  std::vector<Split> splits;
  std::uint32_t sources = 1;
};

Plan MakePlan(const wave::Wave& wave);

// The one place where figures are divided. `sums`: W by entry of the source. 0 / 0 is 0: ask n
// first.
double RatioOf(std::span<const double> sums, std::span<const Term> numerator,
               std::span<const std::uint32_t> base);

}  // namespace panelpuls::estimate
