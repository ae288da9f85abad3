// A response as a collector sent it: codes, not yet numbers. Views into the sender's bytes.
// Reused from record to record: Clear keeps the room of the vectors.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "wave/record.h"

namespace panelpuls::wave {

struct RawAnswer {
  std::string_view question;
  std::uint32_t first_option = 0;  // in RawResponse::options
  std::uint32_t option_count = 0;
};

struct RawCategory {
  std::string_view dimension;
  std::string_view category;
};

struct RawResponse {
  std::string_view respondent_id;
  std::string_view channel;
  std::uint32_t revision = 0;
  Micros collected_at = kNoTime;  // kNoTime: absent
  Status status = Status::kComplete;
  std::vector<RawAnswer> answers;
  std::vector<std::string_view> options;
  std::vector<RawCategory> categories;
  std::optional<double> base_weight;

  void Clear();
};

struct RawCaseEvent {
  std::string_view unit_id;
  std::string_view channel;
  Micros at = kNoTime;
  std::string_view disposition;
  std::string_view event_id;
};

}  // namespace panelpuls::wave
