// The sample frame and case events: docs/PROTOCOL.md, METHOD M8.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "describe.h"
#include "panel_wave.h"
#include "state/state.h"
#include "testing/sample_response.h"

namespace panelpuls::state {
namespace {

using testing::SampleResponse;
using wave::Disposition;
using wave::Result;
using wave::Status;

wave::CaseEventRecord Event(std::uint64_t unit, std::uint8_t channel, Micros at,
                            Disposition disposition) {
  wave::CaseEventRecord event;
  event.channel = channel;
  event.disposition = disposition;
  event.at = at;
  event.pseudonym_high = testing::HighOf(unit);
  event.pseudonym_low = testing::LowOf(unit);
  return event;
}

// small/large and north/south/east by unit number; base weight 1 + unit / 4.
std::vector<std::byte> FrameUnit(const wave::Wave& wave, std::uint64_t unit) {
  std::vector<std::byte> record(wave::FrameUnitSize(wave));
  wave::FrameUnitHeader header;
  header.base_weight = wave::kBaseWeightOne + unit * (wave::kBaseWeightOne / 4);
  header.pseudonym_high = testing::HighOf(unit);
  header.pseudonym_low = testing::LowOf(unit);
  std::memcpy(record.data(), &header, sizeof header);
  record[sizeof header] = static_cast<std::byte>(1 + unit % 2);
  record[sizeof header + 1] = static_cast<std::byte>(1 + unit % 3);
  return record;
}

class FrameTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kUnits = 12;

  FrameTest()
      : wave_(PanelWave({.head = R"(sample_frame { file: "frame.csv" })"})),
        resolver_(wave_),
        state_(NewState()) {}

  std::unique_ptr<State> NewState() {
    auto state = State::Create(wave_, {.frame_units = kUnits}).value();
    for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
      const Applied applied = state->ApplyFrameUnit(FrameUnit(*wave_, unit));
      EXPECT_EQ(applied.result, Result::kAccepted);
      EXPECT_TRUE(applied.journal);
    }
    EXPECT_FALSE(state->frame_complete());
    state->EndFrame();
    EXPECT_TRUE(state->frame_complete());
    return state;
  }
  std::vector<std::byte> Response(std::uint64_t unit, Status status = Status::kComplete,
                                  const std::string& channel = "eboks") {
    SampleResponse sample;
    sample.unit = unit;
    sample.channel = channel;
    sample.status = status;
    sample.collected_at = wave_->fieldwork_start_time;
    sample.answers = {{"revenue", "up"}, {"jobs", "same"}};
    return resolver_.Record(sample);
  }
  std::uint32_t CubeDisposition(Disposition disposition) const {
    std::uint32_t count = 0;
    for (std::uint64_t cell = 0; cell < wave_->cells; ++cell) {
      count += state_->cube().Block(cell)[state_->cube().shape().disposition_offset +
                                          static_cast<std::uint32_t>(disposition)];
    }
    return count;
  }
  std::uint64_t Count(Disposition disposition) const {
    const std::uint64_t count =
        state_->counters().dispositions[static_cast<std::size_t>(disposition)];
    EXPECT_EQ(count, CubeDisposition(disposition));
    return count;
  }

  std::shared_ptr<const wave::Wave> wave_;
  testing::SampleResolver resolver_;
  std::unique_ptr<State> state_;
};

TEST_F(FrameTest, UnitsStandInTheirCellsBeforeAnythingIsKnown) {
  EXPECT_EQ(state_->counters().units, kUnits);
  EXPECT_EQ(state_->counters().frame_units, kUnits);
  EXPECT_EQ(Count(Disposition::kNone), kUnits);
  const std::uint32_t nothing = state_->cube().shape().disposition_offset;
  for (std::uint64_t cell = 0; cell < wave_->cells; ++cell) {
    EXPECT_EQ(state_->cube().Block(cell)[nothing], 2u);
  }
  EXPECT_EQ(state_->ApplyFrameUnit(FrameUnit(*wave_, 3)).result, Result::kDuplicate);
  EXPECT_EQ(state_->ApplyFrameUnit(FrameUnit(*wave_, 99)).result, Result::kRegisterFull);
  EXPECT_EQ(state_->counters().units, kUnits);
}

TEST_F(FrameTest, AUnitOutsideTheFrameIsRejected) {
  for (const Status status : {Status::kComplete, Status::kTest}) {
    std::vector<std::byte> record = Response(50, status);
    const Applied applied = state_->ApplyResponse(record, 1);
    EXPECT_EQ(applied.result, Result::kRejected);
    EXPECT_FALSE(applied.journal);
    ASSERT_NE(applied.cause, nullptr);
    EXPECT_EQ(applied.cause->field, "respondent_id");
    EXPECT_EQ(applied.cause->reason, "unit is not in the sample frame");
  }
  const Applied event = state_->ApplyCaseEvent(Event(50, 0, 1, Disposition::kRefusal), 1);
  EXPECT_EQ(event.result, Result::kRejected);
  ASSERT_NE(event.cause, nullptr);
  EXPECT_EQ(event.cause->field, "unit_id");
  EXPECT_EQ(state_->counters().last_receipt, kNoTime);
}

TEST_F(FrameTest, TheFramesCategoriesAndBaseWeightStandInTheRecord) {
  std::vector<std::byte> record = Response(5);  // large, east; 2.25
  ASSERT_TRUE(state_->ApplyResponse(record, 1).journal);
  const auto& layout = wave_->layout;
  EXPECT_EQ(wave::LoadField(record.data(), layout.categories[0]), 2u);
  EXPECT_EQ(wave::LoadField(record.data(), layout.categories[1]), 3u);
  EXPECT_EQ(wave::LoadField(record.data(), *layout.base_weight), wave::kBaseWeightOne * 9 / 4);
  const std::uint64_t cell = wave::CellOf(*wave_, record.data());
  EXPECT_EQ(state_->cube().Block(cell)[wave_->tables[0].offset], 1u);
  EXPECT_EQ(state_->counters().category_differences, 0u);
}

TEST_F(FrameTest, DifferingCategoriesAreCountedWhenJournaledAndAgainInReplay) {
  std::vector<std::byte> record = Response(5);
  wave::StoreField(record.data(), wave_->layout.categories[0], 1);
  std::vector<std::byte> resent = record;
  std::vector<std::byte> same = Response(6);  // small, north: as sent
  wave::StoreField(same.data(), wave_->layout.categories[0], 1);
  ASSERT_TRUE(state_->ApplyResponse(record, 1).journal);
  EXPECT_EQ(state_->ApplyResponse(resent, 2).result, Result::kDuplicate);
  ASSERT_TRUE(state_->ApplyResponse(same, 3).journal);
  EXPECT_EQ(state_->counters().category_differences, 1u);

  const auto replayed = NewState();
  EXPECT_TRUE(replayed->ApplyResponse(record, 1).journal);
  EXPECT_TRUE(replayed->ApplyResponse(same, 3).journal);
  EXPECT_EQ(DescribeAll(replayed->counters()), DescribeAll(state_->counters()));
}

TEST_F(FrameTest, DispositionsMoveInCountersAndCubeAlike) {
  const auto apply = [this](std::uint64_t unit, std::uint8_t channel, Micros at,
                            Disposition disposition) {
    return state_->ApplyCaseEvent(Event(unit, channel, at, disposition), at).result;
  };
  EXPECT_EQ(apply(0, 0, 10, Disposition::kInvited), Result::kAccepted);
  EXPECT_EQ(apply(0, 0, 10, Disposition::kInvited), Result::kDuplicate);
  EXPECT_EQ(apply(0, 0, 5, Disposition::kRefusal), Result::kSuperseded);
  EXPECT_EQ(apply(0, 0, 10, Disposition::kRefusal), Result::kAccepted);  // precedence on a tie
  EXPECT_EQ(apply(0, 0, 10, Disposition::kInvited), Result::kSuperseded);
  EXPECT_EQ(apply(0, 1, 1, Disposition::kNonContact), Result::kAccepted);
  EXPECT_EQ(Count(Disposition::kRefusal), 1u);
  EXPECT_EQ(Count(Disposition::kNone), kUnits - 1);

  std::vector<std::byte> complete = Response(0);
  state_->ApplyResponse(complete, 20);
  EXPECT_EQ(Count(Disposition::kComplete), 1u);
  EXPECT_EQ(apply(0, 1, 30, Disposition::kNonContact), Result::kAccepted);
  EXPECT_EQ(Count(Disposition::kComplete), 1u);
  EXPECT_EQ(Count(Disposition::kNonContact), 0u);
  EXPECT_EQ(state_->counters().channels[1].case_events, 2u);
  EXPECT_EQ(state_->counters().channels[1].last_receipt, 30);
}

// METHOD M8: a partial response without the required questions is a break-off, in R; a withdrawn
// one says nothing.
TEST_F(FrameTest, WhatAResponseSaysAboutItsUnit) {
  struct Row {
    const char* name;
    Status status;
    bool required_answered;
    Disposition expected;
  };
  const Row rows[] = {
      {"complete", Status::kComplete, true, Disposition::kComplete},
      {"partial", Status::kPartial, true, Disposition::kPartial},
      {"break-off", Status::kPartial, false, Disposition::kRefusal},
      {"withdrawn", Status::kWithdrawn, false, Disposition::kNone},
  };
  std::uint64_t unit = 0;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    SampleResponse sample;
    sample.unit = unit++;
    sample.status = row.status;
    if (row.required_answered) sample.answers = {{"revenue", "dont_know"}};
    std::vector<std::byte> record = resolver_.Record(sample);
    const std::uint64_t before = Count(row.expected);
    state_->ApplyResponse(record, 1);
    EXPECT_EQ(Count(row.expected), before + (row.expected == Disposition::kNone ? 0 : 1));
  }
  EXPECT_EQ(state_->counters().respondents, 2u);
  EXPECT_EQ(state_->counters().partial, 1u);
  EXPECT_EQ(state_->counters().break_offs, 1u);
  EXPECT_EQ(state_->counters().withdrawn, 1u);
}

TEST_F(FrameTest, TouchedCellsNamesEachChangedCellOnce) {
  state_->ClearTouched();
  EXPECT_TRUE(state_->touched_cells().empty());
  std::vector<std::byte> record = Response(5);
  state_->ApplyResponse(record, 1);
  std::vector<std::byte> other = Response(5, Status::kPartial, "cati");
  state_->ApplyResponse(other, 1);
  ASSERT_EQ(state_->touched_cells().size(), 1u);
  EXPECT_EQ(state_->touched_cells()[0], wave::CellOf(*wave_, record.data()));
  state_->ClearTouched();
  std::vector<std::byte> again = Response(5);
  EXPECT_EQ(state_->ApplyResponse(again, 2).result, Result::kDuplicate);
  EXPECT_TRUE(state_->touched_cells().empty());
}

TEST(CaseEvents, AnyOrderAndRepetitionWithoutAFrameGivesTheSameCounters) {
  const auto wave = PanelWave();
  testing::SampleResolver resolver(wave);
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  const std::vector<Disposition> dispositions = {
      Disposition::kInvited, Disposition::kUndeliverable, Disposition::kNonContact,
      Disposition::kRefusal, Disposition::kIneligible,    Disposition::kPartial,
      Disposition::kComplete};
  std::string first;
  std::vector<wave::CaseEventRecord> events;
  for (int i = 0; i < 300; ++i) {
    events.push_back(Event(random() % 60, static_cast<std::uint8_t>(random() % 2),
                           static_cast<Micros>(random() % 4), dispositions[random() % 7]));
  }
  for (int round = 0; round < 20; ++round) {
    auto state = State::Create(wave, {}).value();
    std::shuffle(events.begin(), events.end(), random);
    for (std::size_t i = 0; i < events.size(); ++i) {
      state->ApplyCaseEvent(events[i], 1);
      if (i % 5 == 0) state->ApplyCaseEvent(events[random() % events.size()], 1);
      const std::uint64_t unit = (i * 7 + static_cast<std::size_t>(round)) % 80;
      if (unit % 10 != 0) continue;
      SampleResponse sample;
      sample.unit = unit;
      sample.status = unit % 20 == 0 ? Status::kComplete : Status::kPartial;
      sample.answers = {{"jobs", "up"}};
      sample.categories = {{"size", "small"}, {"area", "north"}};
      std::vector<std::byte> record = resolver.Record(sample);
      state->ApplyResponse(record, 1);
    }
    const std::string described = DescribeStanding(state->counters());
    if (first.empty()) first = described;
    ASSERT_EQ(described, first);
    std::uint64_t sum = 0;
    for (const std::uint64_t count : state->counters().dispositions) sum += count;
    ASSERT_EQ(sum, state->counters().units);
    // Each unit of which something is known stands in one channel.
    for (const auto& channel : state->counters().channel_dispositions) {
      for (const std::uint64_t count : channel) sum -= count;
    }
    ASSERT_EQ(sum, state->counters().dispositions[0]);
  }
}

}  // namespace
}  // namespace panelpuls::state
