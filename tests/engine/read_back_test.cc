// What is read back from a journal is looked at as input: records with a check sum that fits, and
// content that no sender could have brought in.
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/stored_directory.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using testing::Disagreement;
using ::testing::Each;
using testing::GroupsOf;
using ::testing::HasSubstr;
using testing::Image;
using ::testing::IsEmpty;
using testing::MakeSampleDirectory;
using testing::PutGroup;
using testing::ReadAll;
using testing::Readings;
using testing::SampleWave;
using testing::StoredGroup;
using testing::Units;

constexpr int kGrown = 80;  // max_respondents of the definition in force at the end

// A record inside the groups of an image.
struct Place {
  std::size_t group = 0;
  std::size_t number = 0;
  std::size_t offset = 0;
  std::size_t size = 0;
};

std::vector<Place> RecordsOf(const std::vector<StoredGroup>& groups, wave::RecordType type,
                             const wave::Wave& wave) {
  std::vector<Place> places;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto payload = std::as_bytes(std::span(groups[group].payload));
    std::size_t offset = 0;
    for (std::size_t number = 0; offset < payload.size(); ++number) {
      const std::size_t size = wave::RecordLength(wave, payload.subspan(offset));
      if (size == 0) break;
      if (static_cast<wave::RecordType>(payload[offset]) == type) {
        places.push_back({group, number, offset, size});
      }
      offset += size;
    }
  }
  return places;
}

char* At(std::vector<StoredGroup>& groups, const Place& place) {
  return groups[place.group].payload.data() + place.offset;
}

TEST(ReadBack, WhatTheEngineLeftBehindIsSound) {
  for (const Units units : {Units::kAnyone, Units::kOfFrame}) {
    for (const std::uint32_t partitions : {1u, 3u}) {
      const Readings readings =
          ReadAll(MakeSampleDirectory(units, partitions), SampleWave(units, kGrown));
      EXPECT_TRUE(readings.open.ok()) << readings.open;
      EXPECT_TRUE(readings.replay.ok()) << readings.replay;
      EXPECT_TRUE(readings.export_responses.ok()) << readings.export_responses;
      EXPECT_THAT(readings.findings, IsEmpty());
    }
  }
}

struct Change {
  const char* name;
  wave::RecordType type;
  Units units;
  std::function<void(char* record, const wave::Wave&)> change;
  const char* field;  // as the message names it
};

void Store(char* record, const wave::Field& field, std::uint64_t value) {
  wave::StoreField(reinterpret_cast<std::byte*>(record), field, value);
}

class ReadBackChange : public ::testing::TestWithParam<Change> {};

// Refused by all that read, by folder, position, record and field.
TEST_P(ReadBackChange, IsDataLossByNameForAllThatRead) {
  const Change& change = GetParam();
  Image image = MakeSampleDirectory(change.units, 1);
  const auto wave = SampleWave(change.units, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const std::vector<Place> places = RecordsOf(groups, change.type, *wave);
  ASSERT_FALSE(places.empty());
  const Place place = places.front();
  change.change(At(groups, place), *wave);
  PutGroup(groups[place.group], &image);
  const Readings readings = ReadAll(image, wave);
  const std::string where =
      fmt::format("/data/partition-000: record {} of the group at position {}", place.number,
                  groups[place.group].header.position);
  const auto names_it = AllOf(HasSubstr(where), HasSubstr(change.field));
  for (const absl::Status* const status :
       {&readings.open, &readings.replay, &readings.export_responses}) {
    EXPECT_EQ(status->code(), absl::StatusCode::kDataLoss) << *status;
    EXPECT_THAT(std::string(status->message()), AllOf(names_it, HasSubstr("restore")));
  }
  ASSERT_TRUE(readings.verify.ok()) << readings.verify;
  ASSERT_FALSE(readings.findings.empty());
  EXPECT_THAT(readings.findings.front(), names_it);
}

const wave::RecordType kResponse = wave::RecordType::kResponse;
const wave::RecordType kEvent = wave::RecordType::kCaseEvent;
const wave::RecordType kUnit = wave::RecordType::kFrameUnit;
const wave::RecordType kEnd = wave::RecordType::kFrameEnd;

INSTANTIATE_TEST_SUITE_P(
    All, ReadBackChange,
    ::testing::Values(
        Change{"Channel", kResponse, Units::kAnyone, [](char* r, auto&) { r[1] = 2; }, "channel"},
        Change{"ChannelOfNone", kResponse, Units::kAnyone, [](char* r, auto&) { r[1] = '\xff'; },
               "channel"},
        Change{"Flags", kResponse, Units::kAnyone, [](char* r, auto&) { r[2] = 4; }, "flags"},
        Change{"FlagOfAFrame", kResponse, Units::kAnyone, [](char* r, auto&) { r[2] = 2; },
               "flags"},
        Change{"Mark", kResponse, Units::kAnyone, [](char* r, auto&) { r[2] = 1; }, "is marked"},
        Change{"Reserved", kResponse, Units::kAnyone, [](char* r, auto&) { r[3] = 1; }, "reserved"},
        Change{"Time", kResponse, Units::kAnyone, [](char* r, auto&) { r[15] = 0x7f; },
               "collected_at"},
        Change{"Status", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.status, 4); }, "status"},
        Change{"BaseWeight", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, *w.layout.base_weight, 1); },
               "base_weight"},
        Change{"BaseWeightOfTheFrame", kResponse, Units::kOfFrame,
               [](char* r, const wave::Wave& w) {
                 Store(r, *w.layout.base_weight, 3 * wave::kBaseWeightOne);
               },
               "sample frame"},
        Change{"Category", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.categories[1], 3); },
               "category of area"},
        Change{"NoCategory", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.categories[0], 0); },
               "category of size"},
        Change{"CategoryOfTheFrame", kResponse, Units::kOfFrame,
               [](char* r, const wave::Wave& w) {
                 const auto* record = reinterpret_cast<const std::byte*>(r);
                 Store(r, w.layout.categories[0],
                       3 - wave::LoadField(record, w.layout.categories[0]));
               },
               "sample frame"},
        Change{"Answer", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.answers[0], 4); },
               "answer to mood"},
        Change{"OptionBeyondTheQuestion", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.answers[1], 16); },
               "answer to why"},
        Change{"TooManyOptions", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.answers[1], 7); },
               "answer to why"},
        Change{"ExclusiveOptionBesideAnother", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.answers[1], 9); },
               "answer to why"},
        Change{"AnswersOfAWithdrawal", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { Store(r, w.layout.status, 2); },
               "answer to mood"},
        Change{"Padding", kResponse, Units::kAnyone,
               [](char* r, const wave::Wave& w) { r[w.layout.size - 1] = 1; }, "padding"},
        Change{"Type", kResponse, Units::kAnyone, [](char* r, auto&) { r[0] = 9; }, "none of wave"},
        Change{"Erasure", kResponse, Units::kAnyone, [](char* r, auto&) { r[0] = 6; }, "type"},
        Change{"EventChannel", kEvent, Units::kAnyone, [](char* r, auto&) { r[1] = 2; }, "channel"},
        Change{"NoDisposition", kEvent, Units::kAnyone, [](char* r, auto&) { r[2] = 0; },
               "disposition"},
        Change{"Disposition", kEvent, Units::kAnyone, [](char* r, auto&) { r[2] = 10; },
               "disposition"},
        Change{"EventReserved", kEvent, Units::kAnyone, [](char* r, auto&) { r[7] = 1; },
               "reserved"},
        Change{"EventTime", kEvent, Units::kAnyone, [](char* r, auto&) { r[15] = 0x7f; },
               "at is outside"},
        Change{"UnitChannel", kUnit, Units::kOfFrame, [](char* r, auto&) { r[1] = 2; }, "channel"},
        Change{"UnitReserved", kUnit, Units::kOfFrame, [](char* r, auto&) { r[5] = 1; },
               "reserved"},
        Change{"UnitWeight", kUnit, Units::kOfFrame, [](char* r, auto&) { r[15] = 0x7f; },
               "base_weight"},
        Change{"UnitStratum", kUnit, Units::kOfFrame, [](char* r, auto&) { r[32] = 3; },
               "category of size"},
        Change{"UnitWithoutCategory", kUnit, Units::kOfFrame, [](char* r, auto&) { r[33] = 0; },
               "category of area"},
        Change{"UnitPadding", kUnit, Units::kOfFrame, [](char* r, auto&) { r[39] = 1; }, "padding"},
        Change{"EndReserved", kEnd, Units::kOfFrame, [](char* r, auto&) { r[3] = 1; }, "reserved"},
        Change{"EndOfNothing", kEnd, Units::kOfFrame, [](char* r, auto&) { r[8] = 0; },
               "units is zero"},
        Change{"DefinitionReserved", wave::RecordType::kDefinition, Units::kAnyone,
               [](char* r, auto&) { r[1] = 1; }, "reserved"}),
    [](const auto& info) { return info.param.name; });

// The same content in a row of records.
TEST(ReadBack, ARecordThatIsThereTwiceIsNamed) {
  Image image = MakeSampleDirectory(Units::kAnyone, 1);
  const auto wave = SampleWave(Units::kAnyone, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const Place last = RecordsOf(groups, kResponse, *wave).back();
  StoredGroup& group = groups[last.group];
  group.payload += group.payload.substr(last.offset, last.size);
  PutGroup(group, &image);
  const Readings readings = ReadAll(image, wave);
  EXPECT_EQ(readings.open.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(readings.open.message()), HasSubstr("duplicate"));
  EXPECT_EQ(Disagreement(readings), "");
}

TEST(ReadBack, ARecordOfAnotherPartitionIsNamed) {
  Image image = MakeSampleDirectory(Units::kAnyone, 3);
  const auto wave = SampleWave(Units::kAnyone, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const Place place = RecordsOf(groups, kResponse, *wave).front();
  char* const record = At(groups, place);
  record[offsetof(wave::ResponseHeader, pseudonym_high) + 7] ^= '\x80';
  PutGroup(groups[place.group], &image);
  const Readings readings = ReadAll(image, wave);
  EXPECT_EQ(readings.open.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(readings.open.message()), HasSubstr("belongs to partition"));
  EXPECT_EQ(Disagreement(readings), "");
}

TEST(ReadBack, ARegisterThatIsTooSmallIsNamed) {
  // Under another pseudonym each, more units than the definition has room for.
  Image image = MakeSampleDirectory(Units::kAnyone, 1);
  const auto wave = SampleWave(Units::kAnyone, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const Place last = RecordsOf(groups, kResponse, *wave).back();
  StoredGroup& group = groups[last.group];
  std::string record = group.payload.substr(last.offset, last.size);
  const std::size_t room = 4096 - 64 - group.payload.size();
  ASSERT_GT(room / last.size, 76u) << "records that fit behind the six that are there";
  // Not the one it was drawn for.
  record[offsetof(wave::ResponseHeader, pseudonym_low) + 1] ^= '\xff';
  for (int unit = 1; unit < 77; ++unit) {
    record[offsetof(wave::ResponseHeader, pseudonym_low)] = static_cast<char>(unit);
    group.payload += record;
  }
  PutGroup(group, &image);
  const Readings readings = ReadAll(image, wave);
  EXPECT_EQ(readings.open.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(readings.open.message()), HasSubstr("register_full"));
  EXPECT_EQ(Disagreement(readings), "");
}

// The register is as large as the frame's end says.
TEST(ReadBack, AFrameThatEndsBeforeItsUnitsIsNamed) {
  Image image = MakeSampleDirectory(Units::kOfFrame, 1);
  const auto wave = SampleWave(Units::kOfFrame, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const Place place = RecordsOf(groups, kEnd, *wave).front();
  At(groups, place)[offsetof(wave::FrameEndRecord, units)] = 7;
  PutGroup(groups[place.group], &image);
  const Readings readings = ReadAll(image, wave);
  EXPECT_EQ(readings.open.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(readings.open.message()),
              AllOf(HasSubstr("record 7 of the group at position 2"), HasSubstr("register_full")));
  EXPECT_EQ(Disagreement(readings), "");
}

// A definition under the number of another.
TEST(ReadBack, ADefinitionThatIsNotTheGroupsIsNamed) {
  for (const Units units : {Units::kAnyone, Units::kOfFrame}) {
    Image image = MakeSampleDirectory(units, 1);
    std::vector<StoredGroup> groups = GroupsOf(image);
    const auto wave = SampleWave(units, kGrown);
    const Place place = RecordsOf(groups, wave::RecordType::kDefinition, *wave).front();
    std::string& payload = groups[place.group].payload;
    const std::size_t at = payload.find("Kept");
    ASSERT_NE(at, std::string::npos);
    payload[at] = 'W';
    PutGroup(groups[place.group], &image);
    const Readings readings = ReadAll(image, wave);
    EXPECT_EQ(readings.open.code(), absl::StatusCode::kDataLoss) << readings.open;
    EXPECT_THAT(
        std::string(readings.open.message()),
        AllOf(HasSubstr("partition-000"), HasSubstr("position 1"), HasSubstr("definition")));
    EXPECT_EQ(Disagreement(readings), "");
  }
}

// Many faults do not fill the memory: the first are told, the rest counted.
TEST(ReadBack, FindingsAreBounded) {
  Image image = MakeSampleDirectory(Units::kAnyone, 1);
  const auto wave = SampleWave(Units::kAnyone, kGrown);
  std::vector<StoredGroup> groups = GroupsOf(image);
  const Place place = RecordsOf(groups, kEvent, *wave).back();
  StoredGroup& group = groups[place.group];
  std::string event = group.payload.substr(place.offset, place.size);
  event[1] = '\x7f';
  while (group.payload.size() + event.size() <= 4096 - 64) group.payload += event;
  PutGroup(group, &image);
  const Readings readings = ReadAll(image, wave);
  EXPECT_EQ(readings.findings.size(), 101u);
  EXPECT_THAT(readings.findings.back(), HasSubstr("records more"));
}

struct Sweep {
  const char* name;
  Units units;
  std::uint32_t partitions;
};

class ReadBackSweep : public ::testing::TestWithParam<Sweep> {};

// Every byte of the first record of each kind, and of a group's header, under check sums that fit:
// every reader ends, says something, and agrees with the others.
TEST_P(ReadBackSweep, EveryByteOfEveryKindOfRecordMayBeAnything) {
  google::protobuf::SetLogHandler(nullptr);  // it tells of each definition that is not UTF-8
  const Image image = MakeSampleDirectory(GetParam().units, GetParam().partitions);
  const auto wave = SampleWave(GetParam().units, kGrown);
  const std::vector<StoredGroup> groups = GroupsOf(image);
  std::mt19937_64 random(5);
  const auto try_byte = [&](std::size_t group, std::size_t at, std::size_t size_of_header) {
    for (const int value : {0xff, static_cast<int>(random() % 256)}) {
      Image changed = image;
      std::string& segment = changed[groups[group].path];
      segment[groups[group].offset + size_of_header + at] = static_cast<char>(value);
      testing::MakeChecksumsFit(&segment);
      ASSERT_EQ(Disagreement(ReadAll(changed, wave)), "")
          << "group at position " << groups[group].header.position << ", byte " << at << " is "
          << value;
    }
  };
  for (int type = 1; type <= 6; ++type) {
    const auto places = RecordsOf(groups, static_cast<wave::RecordType>(type), *wave);
    if (places.empty()) continue;
    const Place& place = places.front();
    // Of a definition's text, which has a parser of its own, a sample. A frame's end says how much
    // memory is taken: not the upper bytes of its number, which would take all.
    const std::size_t size = static_cast<wave::RecordType>(type) == kEnd ? 10 : place.size;
    for (std::size_t at = 0; at < size; at += at < 64 ? 1 : 29) {
      try_byte(place.group, place.offset + at, journal::kGroupHeaderBytes);
    }
  }
  for (std::size_t at = 0; at < journal::kGroupHeaderBytes; ++at) {
    try_byte(groups.size() - 1, at, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReadBackSweep,
                         ::testing::Values(Sweep{"Anyone", Units::kAnyone, 1},
                                           Sweep{"OfFrame", Units::kOfFrame, 1},
                                           Sweep{"Partitions", Units::kOfFrame, 2}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace panelpuls::engine
