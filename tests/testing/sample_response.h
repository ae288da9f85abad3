// Records of responses from codes, through the resolver, with a pseudonym made of a number.
#pragma once

#include <gmock/gmock.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wave/resolver.h"

namespace panelpuls::testing {

struct SampleResponse {
  std::uint64_t unit = 0;
  std::string channel = "eboks";
  std::uint32_t revision = 0;
  Micros collected_at = kNoTime;
  wave::Status status = wave::Status::kComplete;
  std::map<std::string, std::string> answers;  // multiple choice: options joined by '|'
  std::map<std::string, std::string> categories;
  std::optional<double> base_weight;
  bool marked = false;
};

// Evenly spread, as pseudonyms are (splitmix64's finalizer).
inline std::uint64_t Spread(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
inline std::uint64_t HighOf(std::uint64_t unit) { return Spread(2 * unit); }
inline std::uint64_t LowOf(std::uint64_t unit) { return Spread(2 * unit + 1); }

class SampleResolver {
 public:
  explicit SampleResolver(std::shared_ptr<const wave::Wave> wave)
      : wave_(std::move(wave)), resolver_(wave_, {.require_collected_at = false}) {}

  // Fails the test when the response is refused.
  std::vector<std::byte> Record(const SampleResponse& sample) {
    wave::RawResponse raw;
    const std::string id = "unit" + std::to_string(sample.unit);
    raw.respondent_id = id;
    raw.channel = sample.channel;
    raw.revision = sample.revision;
    raw.collected_at = sample.collected_at;
    raw.status = sample.status;
    raw.base_weight = sample.base_weight;
    const bool needs_weight =
        wave_->base_weights == wave::BaseWeights::kPerUnit && !wave_->has_frame;
    if (needs_weight && !raw.base_weight) raw.base_weight = 1;
    for (const auto& [question, options] : sample.answers) {
      wave::RawAnswer answer{.question = question,
                             .first_option = static_cast<std::uint32_t>(raw.options.size())};
      for (std::size_t begin = 0; begin < options.size();) {
        const std::size_t end = std::min(options.find('|', begin), options.size());
        raw.options.push_back(std::string_view(options).substr(begin, end - begin));
        begin = end + 1;
      }
      answer.option_count = static_cast<std::uint32_t>(raw.options.size()) - answer.first_option;
      raw.answers.push_back(answer);
    }
    for (const auto& [dimension, category] : sample.categories) {
      raw.categories.push_back({.dimension = dimension, .category = category});
    }
    std::vector<std::byte> record(wave_->layout.size);
    wave::Rejection rejection;
    EXPECT_TRUE(resolver_.Resolve(raw, record, &rejection))
        << rejection.field << ": " << rejection.reason;
    wave::ResponseHeader header = wave::LoadResponseHeader(record.data());
    header.pseudonym_high = HighOf(sample.unit);
    header.pseudonym_low = LowOf(sample.unit);
    if (sample.marked) header.flags |= wave::kMarked;
    wave::StoreResponseHeader(record.data(), header);
    return record;
  }

 private:
  std::shared_ptr<const wave::Wave> wave_;
  wave::Resolver resolver_;
};

}  // namespace panelpuls::testing
