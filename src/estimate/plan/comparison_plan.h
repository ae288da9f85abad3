// What is compared and ranked; fixed by the definition (METHOD M3).
// Domains  all pairs of categories within each tabulated domain of the indicator; those of
//          wide_domains.h are not compared pair by pair.
// Others   what the plan compares with all other categories of its domain.
// Waves    every figure that a comparison of the definition gives, against that comparison.
// Ranking  the options of a tabulated multiple choice that the definition ranks; a set that the
//          tabulated questions of a battery share. Pairs are compared where the cube has their
//          joint tables, those of options without a rank too.
// Threads  plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/plan/figure_plan.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

struct DomainPair {
  std::uint32_t a = 0;  // figures
  std::uint32_t b = 0;
};

struct WaveDifference {
  std::uint32_t figure = 0;      // of this wave
  std::uint32_t difference = 0;  // place in Plan::keys
  wave::ComparisonFigure earlier;
};

struct OptionPair {
  std::uint32_t a = 0;  // figures, both over all
  std::uint32_t b = 0;
  int table = wave::kNone;       // the pairs of a multiple choice, or the joint table
  bool is_transposed = false;    // joint table: its rows are of b
  std::uint32_t both_entry = 0;  // multiple choice: who chose both
};

struct RankingPlan {
  std::string id;
  std::vector<std::uint32_t> figures;
  // Places in ComparisonPlan::options of its K(K-1)/2 pairs, i < j in the order of figures; empty:
  // the cube has not all of their joint tables.
  std::vector<std::uint32_t> pairs;
};

// Rows of Estimates::comparisons: domains, then others, then waves, then options.
struct ComparisonPlan {
  std::vector<DomainPair> domains;
  std::vector<AgainstOthers> others;
  std::vector<WaveDifference> waves;
  std::vector<OptionPair> options;
  std::vector<RankingPlan> rankings;
  std::shared_ptr<const std::vector<ComparisonKey>> keys;  // of one family stand together
};

// Family of a figure's difference to an earlier wave: of one question (or the indicator), one
// statistic and one dimension.
std::string FamilyAgainst(const FigureKey& figure, const std::string& earlier);

// Appends a key of statistic "difference" for each figure of a comparison to `plan`, whose keys
// then are more than its figures.
ComparisonPlan MakeComparisonPlan(const wave::Wave& wave, Plan* plan);

}  // namespace panelpuls::estimate
