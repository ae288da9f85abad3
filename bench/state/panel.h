// The real wave, and a short one, with random responses, for benchmarks of state and estimate.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::bench {

// `file`: from the root of the repository.
inline std::shared_ptr<const wave::Wave> WaveOf(const std::string& file,
                                                std::uint64_t max_respondents) {
  auto loaded = wave::LoadWave(PosixFileSystem(), PANELPULS_SOURCE_DIR "/" + file);
  if (!loaded.ok()) {
    std::fprintf(stderr, "%s\n", std::string(loaded.status().message()).c_str());
    std::exit(1);
  }
  auto wave = std::make_shared<wave::Wave>(**loaded);
  wave->max_respondents = max_respondents;
  return wave;
}

inline std::shared_ptr<const wave::Wave> RealWave(std::uint64_t max_respondents) {
  return WaveOf("waves/virksomhedspanel-2025-efteraar.textproto", max_respondents);
}

// Two answers, four categories.
inline std::shared_ptr<const wave::Wave> SmallWave(std::uint64_t max_respondents) {
  return WaveOf("bench/waves/small.textproto", max_respondents);
}

// One complete response of each unit, records side by side. Categories are uneven, as in a panel;
// about one answer in ten is missing.
inline std::vector<std::byte> RandomRecords(const wave::Wave& wave, std::uint64_t units,
                                            std::uint32_t revision) {
  std::mt19937_64 unit_random(1);  // the same units for every revision
  std::mt19937_64 random(2 + revision);
  std::vector<std::byte> records(units * wave.layout.size);
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    std::byte* record = records.data() + unit * wave.layout.size;
    wave::ResponseHeader header;
    header.channel = unit % 4 == 0 ? 1 : 0;
    header.revision = revision;
    header.collected_at =
        wave.fieldwork_start_time + static_cast<Micros>(random() % (50 * 24)) * kMicrosPerHour;
    header.pseudonym_high = unit_random();
    header.pseudonym_low = unit_random();
    wave::StoreResponseHeader(record, header);
    for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
      const std::uint64_t count = wave.dimensions[d].categories.size();
      const std::uint64_t category = std::min(unit_random() % count, unit_random() % count);
      wave::StoreField(record, wave.layout.categories[d], category + 1);
    }
    for (std::size_t q = 0; q < wave.questions.size(); ++q) {
      const wave::Question& question = wave.questions[q];
      if (random() % 10 == 0) continue;
      const std::uint64_t option = random() % question.options.size();
      wave::StoreField(record, wave.layout.answers[q],
                       question.multiple ? std::uint64_t{1} << option : option + 1);
    }
  }
  return records;
}

inline void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "wrong answer: %s\n", what);
  std::exit(1);
}

}  // namespace panelpuls::bench
