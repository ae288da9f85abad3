// A snapshot with an earlier wave beside it: the earlier figures, and differences that count units
// of both waves once (METHOD M3, Waves).
// Threads  main only.
#pragma once

#include <memory>
#include <vector>

#include "offline/survey.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::cli {

class EarlierWave {
 public:
  // Both with all their responses.
  EarlierWave(offline::Survey& later, offline::Survey& earlier);

  // The later wave's inputs with what is known of the earlier one; they live as long as this.
  snapshot::Contents AddTo(const snapshot::Contents& later);
  std::uint64_t common_units() const { return differences_.common_units; }
  std::uint64_t units() const { return differences_.units; }

 private:
  void AddComparison(const snapshot::Contents& earlier);

  wave::Wave wave_;  // of the later wave, with the earlier one among its comparisons
  estimate::WaveDifferences differences_;
  std::vector<estimate::FigureKey> keys_;
  estimate::Estimates estimates_;
};

}  // namespace panelpuls::cli
