// What docs/PROTOCOL.md says, written as a maximum over the set of versions seen: slow, and without
// any memory of the order they came in.
#pragma once

#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "state/counters.h"
#include "state/cube.h"
#include "testing/sample_response.h"

namespace panelpuls::state {

struct SeenVersion {
  testing::SampleResponse sample;
  std::vector<std::byte> record;
  Micros receipt = kNoTime;  // decides the day of a marked version; belongs to the version
};

class VersionModel {
 public:
  explicit VersionModel(const wave::Wave& wave) : wave_(wave) {}

  // What the result must be, given what was seen before.
  wave::Result Expect(const SeenVersion& version) const {
    const SeenVersion* word = Word(version.sample.unit, version.sample.channel);
    if (word == nullptr) return wave::Result::kAccepted;
    const auto& mine = version.sample;
    if (mine.revision == word->sample.revision && mine.collected_at == word->sample.collected_at) {
      return Content(version) == Content(*word) ? wave::Result::kDuplicate
                                                : wave::Result::kConflict;
    }
    return KeyOf(version) > KeyOf(*word) ? wave::Result::kAccepted : wave::Result::kSuperseded;
  }
  void See(const SeenVersion& version) { units_[version.sample.unit].push_back(version); }

  const SeenVersion* Word(std::uint64_t unit, const std::string& channel) const {
    const SeenVersion* word = nullptr;
    const auto found = units_.find(unit);
    if (found == units_.end()) return nullptr;
    for (const SeenVersion& version : found->second) {
      if (version.sample.channel != channel) continue;
      if (word == nullptr || KeyOf(version) > KeyOf(*word)) word = &version;
    }
    return word;
  }

  const SeenVersion* Winner(std::uint64_t unit) const {
    const SeenVersion* winner = nullptr;
    for (const wave::Channel& channel : wave_.channels) {
      const SeenVersion* word = Word(unit, channel.code);
      if (word == nullptr) continue;
      if (winner == nullptr || IsBetter(*word, *winner)) winner = word;
    }
    return winner;
  }

  // Adds all units up.
  void Fill(Cube* cube, Counters* counters) const {
    Contribution contribution;
    const DayRange range(wave_);
    for (const auto& [unit, versions] : units_) {
      ++counters->units;
      const SeenVersion& winner = *Winner(unit);
      const int rank = Rank(winner);
      auto disposition = wave::Disposition::kNone;
      if (rank == 0) ++counters->withdrawn;
      if (rank == 1) {
        ++counters->break_offs;
        disposition = wave::Disposition::kRefusal;
      }
      if (rank == 2) {
        ++counters->partial;
        disposition = wave::Disposition::kPartial;
      }
      if (rank == 3) disposition = wave::Disposition::kComplete;
      const auto channel = static_cast<std::size_t>(wave_.FindChannel(winner.sample.channel));
      counters->CountCase(
          disposition == wave::Disposition::kNone ? kNoChannel : static_cast<std::uint8_t>(channel),
          disposition, 1);
      if (rank < 2) continue;
      ++counters->respondents;
      ++counters->channels[channel].respondents;
      const Micros time = winner.sample.marked ? winner.receipt : winner.sample.collected_at;
      const std::size_t groups = wave_.indicator->groups.size() + 1;
      const std::size_t group = wave::IndicatorClasses(wave_, winner.record.data()).group;
      ++counters->channel_groups[channel * groups + group];
      if (time != kNoTime) {
        const std::uint32_t day = range.IndexOf(wave_.time_zone.DateOf(time));
        ++counters->days[channel * range.count + day];
        ++counters->day_groups[day * groups + group];
      }
      Contribute(wave_, winner.record.data(), &contribution);
      cube->Add(contribution);
    }
  }

 private:
  std::string Content(const SeenVersion& version) const {
    return {reinterpret_cast<const char*>(version.record.data()) + wave_.layout.content_offset,
            wave_.layout.content_size};
  }
  std::tuple<std::uint32_t, bool, Micros, std::string> KeyOf(const SeenVersion& version) const {
    const auto& sample = version.sample;
    return {sample.revision, !sample.marked, sample.collected_at, Content(version)};
  }
  static int Rank(const SeenVersion& version) {
    const auto& sample = version.sample;
    if (sample.status == wave::Status::kComplete) return 3;
    if (sample.status == wave::Status::kWithdrawn) return 0;
    return sample.answers.contains("revenue") ? 2 : 1;
  }
  // Of two channels' words, the second one's channel being first in the definition.
  bool IsBetter(const SeenVersion& a, const SeenVersion& b) const {
    if (Rank(a) != Rank(b)) return Rank(a) > Rank(b);
    if (wave_.channel_priority) return false;
    return std::tuple(!a.sample.marked, a.sample.collected_at) >
           std::tuple(!b.sample.marked, b.sample.collected_at);
  }

  const wave::Wave& wave_;
  std::map<std::uint64_t, std::vector<SeenVersion>> units_;
};

}  // namespace panelpuls::state
