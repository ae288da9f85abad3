// Which sums of the cube each figure is made of; fixed by the definition.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "estimate/figures/estimates.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

// What a respondent of the entry adds above and below the line: y and x of METHOD M3.
struct Term {
  std::uint32_t entry = 0;  // of the source
  double y = 1;
  double x = 1;
};

enum class FigureKind : std::uint8_t {
  kMean,   // the numerator has every entry of the base
  kShare,  // y is 1 in the numerator and 0 in the rest of the base
  kTotal,  // of a share's numerator: nothing stands below the line
  kRatio,  // of the y's to the x's of the numerator's entries
};

struct InCategory {
  int dimension = wave::kNone;
  std::int32_t category = wave::kNone;
};

// value = sum over `numerator` of y W / sum over `base` of W (total: not divided; ratio: by the sum
// of x W); n and effective n over `base`, which counts every member of METHOD M3's S once.
struct FigurePlan {
  std::uint32_t source = 0;  // 0: the whole block; else a part of Plan::splits
  FigureKind kind = FigureKind::kMean;
  bool is_domain = false;          // not over all
  bool is_by_variable = false;     // the domain is one of answers, channels or directions, too
  std::vector<InCategory> within;  // the domain's categories of dimensions
  std::uint32_t first_entry = 0;   // of the source, in the block
  std::vector<Term> numerator;
  std::vector<std::uint32_t> base;

  bool is_share() const { return kind == FigureKind::kShare; }
};

// Rows of a table, in one of its columns, kept apart by category of a dimension, or by the
// categories of several (the first slowest). Its sources are numbered from first_source.
struct Split {
  std::vector<int> dimensions;
  int table = 0;
  std::uint32_t column = 0;
  std::uint32_t first_source = 0;
};

// A category of a domain against all its others together: `figure` in its domain, and the same over
// the whole of the domain, of which the others are what is left.
struct AgainstOthers {
  std::uint32_t figure = 0;
  std::uint32_t whole = 0;  // in Plan::wholes
};

struct Plan {
  std::vector<FigureKey> keys;  // of the figures, and behind them of differences of waves
  std::vector<FigurePlan> figures;
  std::vector<Split> splits;
  std::uint32_t sources = 1;
  std::vector<FigurePlan> wholes;  // source 0; no figures of their own
  std::vector<AgainstOthers> against_others;
};

Plan MakePlan(const wave::Wave& wave);

// The value of a figure, from the sums W by entry of its source. The one place where figures are
// divided; x / 0 is 0: ask the counts first.
double ValueOf(const FigurePlan& plan, std::span<const double> sums);
// Sum over `numerator` of y W / sum over `base` of W.
double RatioOf(std::span<const double> sums, std::span<const Term> numerator,
               std::span<const std::uint32_t> base);

}  // namespace panelpuls::estimate
