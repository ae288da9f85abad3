// What became of the intervals of each figure over simulated fieldworks, added up by number of
// respondents, and over all looks of a fieldwork at once.
// Threads  one a tally; tallies of threads are added.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "estimate/figures/estimates.h"
#include "sim/fieldwork.h"

namespace panelpuls::bench {

// Of one figure at one number of respondents.
struct LookTally {
  std::uint64_t fieldworks = 0;
  std::uint64_t values = 0;         // with an estimate
  std::uint64_t intervals = 0;      // reportable, with an interval
  std::uint64_t above = 0;          // the interval lies above the truth
  std::uint64_t below = 0;          // or below it
  std::uint64_t normal_missed = 0;  // value +- z se does not hold the truth; over `intervals`
  std::uint64_t sequences = 0;
  std::uint64_t sequence_missed = 0;
  // Sums over `intervals`.
  double error = 0;  // value - truth
  double error_square = 0;
  double se = 0;
  double se_interval = 0;
  double width = 0;  // half of high - low
  double sequence_width = 0;
  double n_effective = 0;
};

// Of one figure over all looks of a fieldwork.
struct PathTally {
  std::uint64_t fieldworks = 0;       // in which some look had an interval
  std::uint64_t interval_missed = 0;  // at one look or more
  std::uint64_t sequences = 0;
  std::uint64_t sequence_missed = 0;
};

class Tally {
 public:
  // Figures of the wave that have a truth. `looks`: numbers of respondents, rising.
  Tally(const sim::Population& population, const std::vector<estimate::FigureKey>& keys,
        std::vector<std::uint64_t> looks);

  void BeginFieldwork();
  void AddLook(std::size_t look, const estimate::Estimates& estimates);
  void EndFieldwork();
  void Add(const Tally& other);

  // statistic,of,domain,truth, then a row a look; the path's rows have n = 0.
  std::string ToCsv() const;

 private:
  struct Figure {
    std::size_t place = 0;  // in the estimates
    estimate::FigureKey key;
    double truth = 0;
    std::vector<LookTally> looks{};
    PathTally path{};
    bool had_interval = false, missed = false, had_sequence = false, sequence_missed = false;
  };

  std::vector<std::uint64_t> looks_;
  std::vector<Figure> figures_;
  std::vector<std::uint64_t> without_weights_;  // [look]
};

}  // namespace panelpuls::bench
