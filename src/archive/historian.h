// The history by hour: the indicator at the end of each wave-local hour of receipt in which
// something came, out of the partitions' cuts. A partition without a group in an hour counts with
// its state at its last cut. An hour is final when every partition has passed it.
// The definition in force at the end of the hour estimates it, so a replay gives the same hours;
// but where the indicator is another one now, or who counts, the present definition does, since
// that alone says what the cubes have counted. Threads  one.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "archive/hour_cut.h"
#include "estimate/estimator.h"
#include "snapshot/contents.h"

namespace panelpuls::archive {

class Historian {
 public:
  // `wave`: the definition that the states are made with, whose cells the cuts' tables have.
  Historian(std::shared_ptr<const wave::Wave> wave, std::uint32_t partitions);
  ~Historian();

  // Hours of one partition come in order; an hour that it has already is ignored.
  void Add(std::uint32_t partition, HourCut cut);
  // Nothing of this partition comes before `passed` any more.
  void Pass(std::uint32_t partition, Micros passed);
  // Latest hour that is known of the partition; kNoTime: none.
  Micros LastHour(std::uint32_t partition) const;
  Micros passed(std::uint32_t partition) const { return partitions_[partition].passed; }
  // Appends the hours that have become final.
  void Settle();
  // After Settle: an hour has ended in one partition and may not have in another.
  bool waits() const { return NextHour() != kNoTime; }

  const std::vector<snapshot::HistoryHour>& hours() const { return hours_; }

 private:
  struct Partition {
    std::deque<HourCut> cuts;  // by hour; the front one may be settled already
    Micros passed = kNoTime;
  };

  // The earliest hour that is not settled; kNoTime: none.
  Micros NextHour() const;
  void SettleHour(Micros hour);
  // Makes basis_ that of hours at whose end the definition was in force.
  void TakeBasis(const std::shared_ptr<const wave::Wave>& in_force);

  // What an hour is estimated with.
  struct Basis {
    explicit Basis(std::shared_ptr<const wave::Wave> wave);

    const std::shared_ptr<const wave::Wave> wave;
    estimate::Estimator estimator;
    state::Cube cube;  // only table 0 is used; zeros between two hours
  };

  const std::shared_ptr<const wave::Wave> wave_;
  std::uint64_t definition_id_ = 0;  // in force, for which basis_ is
  std::unique_ptr<Basis> basis_;
  std::vector<Partition> partitions_;
  std::vector<snapshot::HistoryHour> hours_;
};

// Adds the hour that is not over, as of now, from the estimates of the present state.
void AppendCurrentHour(Micros hour, const estimate::Estimates& estimates, std::uint64_t respondents,
                       std::vector<snapshot::HistoryHour>* hours);

}  // namespace panelpuls::archive
