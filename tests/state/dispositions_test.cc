// Every pair of a case event and what the unit's response says, in both orders: METHOD M8.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "panel_wave.h"
#include "state/state.h"
#include "testing/method_text.h"
#include "testing/sample_response.h"

namespace panelpuls::state {
namespace {

using testing::MethodRow;
using testing::SampleResponse;
using wave::Disposition;
using wave::Status;

constexpr std::uint64_t kUnit = 3;

wave::CaseEventRecord Event(std::uint8_t channel, Micros at, Disposition disposition) {
  wave::CaseEventRecord event;
  event.channel = channel;
  event.disposition = disposition;
  event.at = at;
  event.pseudonym_high = testing::HighOf(kUnit);
  event.pseudonym_low = testing::LowOf(kUnit);
  return event;
}

std::optional<SampleResponse> ResponseThatSays(const std::string& what, Micros at) {
  if (what == "no response") return std::nullopt;
  SampleResponse sample;
  sample.unit = kUnit;
  sample.collected_at = at;
  sample.status = what == "complete"    ? Status::kComplete
                  : what == "withdrawn" ? Status::kWithdrawn
                                        : Status::kPartial;
  if (what == "withdrawn") return sample;
  sample.categories = {{"size", "large"}, {"area", "north"}};
  if (what != "break-off") sample.answers = {{"revenue", "up"}};
  return sample;
}

class Unit {
 public:
  explicit Unit(bool framed)
      : wave_(PanelWave({.head = framed ? R"(sample_frame { file: "frame.csv" })" : ""})),
        resolver_(wave_),
        state_(State::Create(wave_, {.frame_units = 1}).value()) {
    if (!framed) return;
    wave::FrameUnitHeader header;
    header.base_weight = wave::kBaseWeightOne;
    header.pseudonym_high = testing::HighOf(kUnit);
    header.pseudonym_low = testing::LowOf(kUnit);
    std::vector<std::byte> record(wave::FrameUnitSize(*wave_));
    std::memcpy(record.data(), &header, sizeof header);
    record[sizeof header] = std::byte{2};
    record[sizeof header + 1] = std::byte{1};
    EXPECT_TRUE(state_->ApplyFrameUnit(record).journal);
    state_->EndFrame();
  }
  void Respond(const std::string& what, Micros at) {
    const auto sample = ResponseThatSays(what, at);
    if (!sample) return;
    std::vector<std::byte> record = resolver_.Record(*sample);
    EXPECT_TRUE(state_->ApplyResponse(record, at).journal);
  }
  void Tell(const std::string& event, std::uint8_t channel, Micros at) {
    if (event == "none") return;
    EXPECT_TRUE(
        state_->ApplyCaseEvent(Event(channel, at, wave::ParseDisposition(event)), at).journal);
  }
  // The one disposition that counters and cube have of it; "no unit" before anything was heard.
  std::string disposition() const {
    std::string found = "no unit";
    for (int d = 0; d < wave::kDispositionCount; ++d) {
      const std::uint64_t count = state_->counters().dispositions[static_cast<std::size_t>(d)];
      if (wave_->has_frame) {
        EXPECT_EQ(count, InCube(d)) << d;
      }
      if (count == 0) continue;
      EXPECT_EQ(count, 1u);
      EXPECT_EQ(found, "no unit");
      found = wave::DispositionCode(static_cast<Disposition>(d));
    }
    return found;
  }

 private:
  std::uint64_t InCube(int disposition) const {
    std::uint64_t count = 0;
    for (std::uint64_t cell = 0; cell < wave_->cells; ++cell) {
      count += state_->cube().Block(cell)[state_->cube().shape().disposition_offset +
                                          static_cast<std::uint32_t>(disposition)];
    }
    return count;
  }

  std::shared_ptr<const wave::Wave> wave_;
  testing::SampleResolver resolver_;
  std::unique_ptr<State> state_;
};

TEST(Dispositions, EveryPairOfEventAndResponseInBothOrdersAndChannels) {
  const Micros at = PanelWave()->fieldwork_start_time;
  const std::vector<MethodRow> table = testing::TableOf("dispositions");
  ASSERT_EQ(table.size(), 1u + wave::kDispositionCount);
  for (std::size_t row = 1; row < table.size(); ++row) {
    for (std::size_t column = 1; column < table[0].size(); ++column) {
      const std::string& event = table[row][0];
      const std::string& says = table[0][column];
      for (int variant = 0; variant < 16; ++variant) {
        const bool framed = (variant & 1) != 0;
        const bool event_first = (variant & 2) != 0;
        const std::uint8_t channel = (variant & 4) != 0 ? 1 : 0;
        const Micros event_at = (variant & 8) != 0 ? at + 10 : at;
        SCOPED_TRACE(fmt::format("{} and {}, variant {}", event, says, variant));
        Unit unit(framed);
        if (event_first) unit.Tell(event, channel, event_at);
        unit.Respond(says, at + 5);
        if (!event_first) unit.Tell(event, channel, event_at);
        const bool unheard = event == "none" && says == "no response" && !framed;
        EXPECT_EQ(unit.disposition(), unheard ? "no unit" : table[row][column]);
      }
    }
  }
}

TEST(Dispositions, WhatAResponseSaysNowCountsAndNotWhatItSaidBefore) {
  const Micros at = PanelWave()->fieldwork_start_time;
  for (const bool framed : {false, true}) {
    Unit unit(framed);
    unit.Tell("complete", 0, at);
    EXPECT_EQ(unit.disposition(), "complete");
    struct Step {
      const char* says;
      const char* disposition;
    };
    Micros later = at;
    for (const Step& step :
         {Step{"complete", "complete"}, Step{"break-off", "refusal"}, Step{"withdrawn", "none"},
          Step{"partial", "partial"}, Step{"complete", "complete"}}) {
      SCOPED_TRACE(step.says);
      unit.Respond(step.says, ++later);
      EXPECT_EQ(unit.disposition(), step.disposition);
    }
  }
}

// An event that says nothing any more hides those before it in its channel, not those of another.
TEST(Dispositions, OtherEventsOfTheUnitGoOnCounting) {
  const Micros at = PanelWave()->fieldwork_start_time;
  for (const bool framed : {false, true}) {
    Unit unit(framed);
    unit.Tell("complete", 1, at);
    unit.Tell("delivered", 0, at);
    unit.Respond("withdrawn", at + 1);
    EXPECT_EQ(unit.disposition(), "delivered");
    unit.Tell("refusal", 1, at + 2);
    EXPECT_EQ(unit.disposition(), "refusal");
    unit.Tell("complete", 1, at + 3);
    EXPECT_EQ(unit.disposition(), "delivered");
  }
}

}  // namespace
}  // namespace panelpuls::state
