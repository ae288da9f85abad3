// What the registers are built of, and that their memory is what was promised.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <random>

#include "panel_wave.h"
#include "state/day_table.h"
#include "state/pseudonym_table.h"
#include "state/slot_index.h"
#include "state/state.h"
#include "testing/sample_response.h"

namespace panelpuls::state {
namespace {

// Few distinct homes and tags, so that runs are long and wrap around.
TEST(SlotIndex, FindsWhatWasInsertedAndNotWhatWasErased) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  for (const std::uint64_t capacity : {1u, 2u, 7u, 64u}) {
    SlotIndex index = SlotIndex::Create(capacity, "test").value();
    std::vector<std::uint64_t> hash_of(capacity);
    std::map<std::uint32_t, bool> present;
    for (int step = 0; step < 4000; ++step) {
      const auto number = static_cast<std::uint32_t>(random() % capacity);
      if (present[number]) {
        index.Erase(hash_of[number], number, [&](std::uint32_t other) { return hash_of[other]; });
        present[number] = false;
      } else {
        hash_of[number] = (random() % 4) << 62 | (random() % 3 == 0 ? ~0ull >> 2 : random() % 2);
        index.Insert(hash_of[number], number);
        present[number] = true;
      }
      for (std::uint32_t other = 0; other < capacity; ++other) {
        const std::uint32_t found =
            index.Find(hash_of[other], [&](std::uint32_t candidate) { return candidate == other; });
        ASSERT_EQ(found, present[other] ? other : SlotIndex::kNotFound);
      }
    }
  }
}

TEST(PseudonymTable, HoldsExactlyItsCapacity) {
  PseudonymTable table =
      PseudonymTable::Create({.capacity = 100, .record_size = 21}, "test").value();
  for (std::uint64_t unit = 0; unit < 100; ++unit) {
    const PseudonymKey key{testing::HighOf(unit), testing::LowOf(unit)};
    ASSERT_EQ(table.Find(key), PseudonymTable::kNotFound);
    const std::uint32_t number = table.Insert(key);
    ASSERT_EQ(number, unit);
    table.At(number)[20] = static_cast<std::byte>(unit);
    table.PrefetchSlot(key.low);
    table.PrefetchRecord(key.low, 0);
  }
  EXPECT_EQ(table.Insert({1, 2}), PseudonymTable::kNotFound);
  for (std::uint64_t unit = 0; unit < 100; ++unit) {
    const std::uint32_t number = table.Find({testing::HighOf(unit), testing::LowOf(unit)});
    ASSERT_EQ(number, unit);
    EXPECT_EQ(table.At(number)[20], static_cast<std::byte>(unit));
    // Half a pseudonym is another unit.
    EXPECT_EQ(table.Find({testing::HighOf(unit) + 1, testing::LowOf(unit)}),
              PseudonymTable::kNotFound);
  }
}

TEST(DayTable, AgreesWithTheTimeZoneOnEveryHour) {
  for (const std::string zone : {"Europe/Copenhagen", "UTC", "America/St_Johns"}) {
    wave::Wave wave;
    wave.time_zone = TimeZone::Load(zone).value();
    wave.fieldwork_start = ParseDate("2025-09-01").value();
    wave.fieldwork_end = ParseDate("2025-10-31").value();
    const DayTable days(wave);
    const DayRange range(wave);
    const Micros begin = wave.time_zone.DateStart(range.first - 2);
    const Micros end =
        wave.time_zone.DateStart(range.first + static_cast<LocalDate>(range.count) + 2);
    for (Micros time = begin; time < end; time += kMicrosPerHour / 2) {
      ASSERT_EQ(days.IndexOf(time), range.IndexOf(wave.time_zone.DateOf(time))) << time;
      ASSERT_EQ(days.IndexOf(time - 1), range.IndexOf(wave.time_zone.DateOf(time - 1))) << time;
    }
    EXPECT_EQ(days.IndexOf(0), 0u);
    EXPECT_EQ(days.IndexOf(std::numeric_limits<Micros>::max()), range.count - 1);
    EXPECT_EQ(days.IndexOf(std::numeric_limits<Micros>::min() + 1), 0u);
  }
}

testing::SampleResponse Sample(std::uint64_t unit) {
  testing::SampleResponse sample;
  sample.unit = unit;
  sample.answers = {{"revenue", "up"}};
  sample.categories = {{"size", "small"}, {"area", "north"}};
  return sample;
}

TEST(State, AFullRegisterStillTakesKnownUnits) {
  const auto wave = PanelWave({.max_respondents = 10});
  testing::SampleResolver resolver(wave);
  auto state = State::Create(wave, {}).value();
  wave::CaseEventRecord event;
  event.disposition = wave::Disposition::kRefusal;
  event.at = 1;
  for (std::uint64_t unit = 0; unit < 10; ++unit) {
    std::vector<std::byte> record = resolver.Record(Sample(unit));
    ASSERT_EQ(state->ApplyResponse(record, 1).result, wave::Result::kAccepted);
    event.pseudonym_high = testing::HighOf(100 + unit);
    event.pseudonym_low = testing::LowOf(100 + unit);
    ASSERT_EQ(state->ApplyCaseEvent(event, 1).result, wave::Result::kAccepted);
  }
  std::vector<std::byte> one_more = resolver.Record(Sample(10));
  const Applied full = state->ApplyResponse(one_more, 1);
  EXPECT_EQ(full.result, wave::Result::kRegisterFull);
  EXPECT_FALSE(full.journal);
  event.pseudonym_low = 7;
  EXPECT_EQ(state->ApplyCaseEvent(event, 1).result, wave::Result::kRegisterFull);
  testing::SampleResponse correction = Sample(3);
  correction.revision = 1;
  std::vector<std::byte> known = resolver.Record(correction);
  EXPECT_EQ(state->ApplyResponse(known, 1).result, wave::Result::kAccepted);
  EXPECT_EQ(state->counters().units, 20u);
  EXPECT_EQ(state->counters().respondents, 10u);
}

TEST(State, TestResponsesEnterNoWord) {
  const auto wave = PanelWave({.max_respondents = 1});
  testing::SampleResolver resolver(wave);
  auto state = State::Create(wave, {}).value();
  for (std::uint64_t unit = 0; unit < 3; ++unit) {
    testing::SampleResponse sample = Sample(unit);
    sample.status = wave::Status::kTest;
    std::vector<std::byte> record = resolver.Record(sample);
    for (int again = 0; again < 2; ++again) {
      const Applied applied = state->ApplyResponse(record, 1);
      EXPECT_EQ(applied.result, wave::Result::kAccepted);
      EXPECT_TRUE(applied.journal);
    }
  }
  EXPECT_EQ(state->counters().channels[0].tests, 6u);
  EXPECT_EQ(state->counters().units, 0u);
  EXPECT_EQ(state->counters().respondents, 0u);
  EXPECT_TRUE(state->touched_cells().empty());
}

TEST(State, ARespondentTakesAtMost64BytesBeyondAnswersForTwoChannels) {
  const auto wave = PanelWave({.base_weights = "BASE_WEIGHTS_NONE", .max_respondents = 1'000'000});
  const StateMemory memory = State::MemoryFor(*wave, {});
  EXPECT_EQ(memory.units, 1'000'000u);
  std::uint64_t answer_bytes = 0;
  for (const wave::Field& field : wave->layout.answers) answer_bytes += field.width;
  EXPECT_LE(memory.bytes_per_unit, 64 + 2 * answer_bytes);
  EXPECT_GE(memory.register_bytes, memory.units * (memory.bytes_per_unit - 1));
  EXPECT_EQ(memory.total(), memory.register_bytes + memory.event_register_bytes +
                                memory.conflict_bytes + memory.cube_bytes);
  const auto state = State::Create(wave, {}).value();
  EXPECT_EQ(state->memory().total(), memory.total());
}

TEST(State, PartitionsShareTheUnitsWithRoomForChance) {
  const auto wave = PanelWave({.max_respondents = 70'000});
  const StateMemory memory = State::MemoryFor(*wave, {.partitions = 7});
  EXPECT_GE(memory.units, 10'400u);
  EXPECT_LE(memory.units, 11'000u);
}

TEST(State, MoreUnitsThanCanBeNumberedAreRefusedWithTheMend) {
  // The loader's own limit is lower.
  auto wave = std::make_shared<wave::Wave>(*PanelWave());
  wave->max_respondents = 1'000'000'000;
  const auto state = State::Create(wave, {});
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(state.status().message()), ::testing::HasSubstr("lower max_respondents"));
}

}  // namespace
}  // namespace panelpuls::state
