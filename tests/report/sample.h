// A snapshot of the real wave with respondents drawn by a seed: for tests and benchmarks of the
// report. The answers are made up; only the shape matters here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "estimate/estimator.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::report {

class Sample {
 public:
  Sample(const std::string& definition, std::uint64_t respondents, std::uint64_t seed = 1)
      : Sample(Load(definition), respondents, seed) {}
  Sample(std::shared_ptr<const wave::Wave> wave, std::uint64_t respondents, std::uint64_t seed = 1)
      : wave_(std::move(wave)), cube_(*wave_), counters_(*wave_), estimator_(wave_) {
    std::mt19937_64 random(seed);
    for (std::uint64_t i = 0; i < respondents; ++i) AddRespondent(random);
    estimates_ = estimator_.Estimate(cube_);
  }

  const wave::Wave& wave() const { return *wave_; }
  const std::vector<estimate::FigureKey>& keys() const { return estimator_.keys(); }
  state::Cube& cube() { return cube_; }
  state::Counters& counters() { return counters_; }
  estimate::Estimates& estimates() { return estimates_; }

  snapshot::Contents Inputs() const {
    return {.wave = wave_.get(),
            .keys = &estimator_.keys(),
            .estimates = &estimates_,
            .counters = &counters_,
            .cube = &cube_,
            .version = 17,
            .clock = {.now = wave_->time_zone.DateStart(wave_->fieldwork_start + 20) +
                             (14 * 60 + 31) * kMicrosPerMinute + 12'345'678,
                      .simulated = false,
                      .last_sign_of_life = wave_->fieldwork_start_time + 5'000'001,
                      .process = {.received = 5, .duplicate = 1, .rejected = 2}}};
  }

 private:
  static std::shared_ptr<const wave::Wave> Load(const std::string& definition) {
    auto wave = wave::LoadWave(PosixFileSystem(), std::string(PANELPULS_SOURCE_DIR) + definition);
    PP_CHECK(wave.ok());
    return *wave;
  }

  void AddRespondent(std::mt19937_64& random) {
    const wave::RecordLayout& layout = wave_->layout;
    std::vector<std::byte> record(layout.size);
    const auto channel = static_cast<std::uint8_t>(random() % wave_->channels.size());
    wave::StoreResponseHeader(record.data(), {.channel = channel});
    if (layout.base_weight) {
      wave::StoreField(record.data(), *layout.base_weight,
                       wave::kBaseWeightOne * (1 + random() % 3));
    }
    for (std::size_t d = 0; d < wave_->dimensions.size(); ++d) {
      wave::StoreField(record.data(), layout.categories[d],
                       1 + random() % wave_->dimensions[d].categories.size());
    }
    for (std::size_t q = 0; q < wave_->questions.size(); ++q) {
      const wave::Question& question = wave_->questions[q];
      // The lower of two draws, so that shares differ; multiple choice: one option.
      const std::uint64_t size = question.options.size();
      const std::uint64_t option = std::min(random() % size, random() % size);
      wave::StoreField(record.data(), layout.answers[q],
                       question.multiple ? std::uint64_t{1} << option : option + 1);
    }
    state::Contribution contribution;
    state::Contribute(*wave_, record.data(), &contribution);
    cube_.Add(contribution);
    Count(channel, static_cast<std::uint32_t>(60 + random() % 30));
  }

  void Count(std::uint8_t channel, std::uint32_t day) {
    ++counters_.respondents;
    ++counters_.units;
    ++counters_.dispositions[static_cast<std::size_t>(wave::Disposition::kComplete)];
    ++counters_.channels[channel].respondents;
    ++counters_.channels[channel].accepted;
    ++counters_.days[channel * state::DayRange(*wave_).count + day];
    counters_.last_receipt = wave_->fieldwork_start_time + 1;
  }

  std::shared_ptr<const wave::Wave> wave_;
  state::Cube cube_;
  state::Counters counters_;
  estimate::Estimator estimator_;
  estimate::Estimates estimates_;
};

inline constexpr const char* kPanel = "/waves/virksomhedspanel-2025-efteraar.textproto";
inline constexpr const char* kSatisfaction = "/waves/tilfredshed-2026.textproto";

}  // namespace panelpuls::report
