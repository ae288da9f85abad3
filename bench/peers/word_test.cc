// The order of values, by which every peer decides, against the state, which knows nothing of it.
#include "peers/word.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <ostream>

#include "state/panel.h"
#include "state/state.h"

namespace panelpuls::bench {
namespace {

constexpr Micros kReceived = 30 * 24 * kMicrosPerHour;  // after the fieldwork's begin

struct Version {
  std::uint32_t revision = 0;
  std::int64_t day = 0;  // of the fieldwork; behind kReceived or before the begin: marked
  std::uint32_t answers = 0;
};
struct Row {
  const char* name;
  Version a, b;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

constexpr Row kRows[] = {
    {"the revision goes before the time", {2, 1, 0}, {1, 9, 0}},
    {"revisions are numbers", {256, 1, 0}, {255, 1, 0}},
    {"a believed time goes before a marked one", {1, 5, 0}, {1, 40, 0}},
    {"a time before the fieldwork is marked", {1, 5, 0}, {1, -3, 0}},
    {"the later time", {1, 5, 0}, {1, 9, 0}},
    {"of marked ones the later time", {1, -3, 0}, {1, 40, 0}},
    {"the larger content", {1, 5, 1}, {1, 5, 2}},
    {"the same", {1, 5, 1}, {1, 5, 1}},
};

class WordOrder : public ::testing::TestWithParam<Row> {
 protected:
  std::vector<std::byte> Record(const Version& version) const {
    std::vector<std::byte> record = RandomRecords(*wave_, 1, version.answers);
    wave::ResponseHeader header = wave::LoadResponseHeader(record.data());
    header.revision = version.revision;
    header.collected_at = wave_->fieldwork_start_time + version.day * 24 * kMicrosPerHour;
    header.flags = wave::IsMarked(*wave_, header.collected_at, received_) ? wave::kMarked : 0;
    wave::StoreResponseHeader(record.data(), header);
    return record;
  }
  std::string ValueOf(const std::vector<std::byte>& record) {
    engine::Batch batch;
    batch.responses = record;
    batch.response_count = 1;
    const engine::Batch* const one = &batch;
    return std::string(reader_.Read({&one, 1}).front().value);
  }
  // Whether the state keeps the second of two versions.
  bool KeepsSecond(std::vector<std::byte> first, std::vector<std::byte> second) const {
    auto state = state::State::Create(wave_, {}).value();
    state->ApplyResponse(first, received_);
    const state::Applied applied = state->ApplyResponse(second, received_);
    const std::byte* const kept = state->RespondentAt(0)->record;
    const auto& layout = wave_->layout;
    return applied.result != wave::Result::kDuplicate &&
           std::memcmp(kept + layout.content_offset, second.data() + layout.content_offset,
                       layout.content_size) == 0;
  }

  const std::shared_ptr<const wave::Wave> wave_ = RealWave(10);
  const Micros received_ = wave_->fieldwork_start_time + kReceived;
  WordReader reader_{*wave_, received_};
};

TEST_P(WordOrder, IsThatOfTheStateInEitherOrderOfArrival) {
  SCOPED_TRACE(GetParam().name);
  // Answers tell which version the state keeps. Either has the larger content once, so that it
  // decides nothing but in rows that are about it.
  const auto& [name, a_version, b_version] = GetParam();
  const bool about_content = a_version.answers != 0;
  for (const auto& [a_answers, b_answers] : {std::pair(3u, 4u), {4u, 3u}}) {
    const auto a =
        Record({a_version.revision, a_version.day, about_content ? a_version.answers : a_answers});
    const auto b =
        Record({b_version.revision, b_version.day, about_content ? b_version.answers : b_answers});
    EXPECT_EQ(KeepsSecond(a, b), ValueOf(b) > ValueOf(a));
    EXPECT_EQ(KeepsSecond(b, a), ValueOf(a) > ValueOf(b));
  }
}

INSTANTIATE_TEST_SUITE_P(Peers, WordOrder, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::to_string(row.index); });

TEST(Words, OfAllBatchesComeInTheOrderOfTheirKeysWithoutTests) {
  const auto wave = RealWave(10);
  const std::size_t size = wave->layout.size;
  std::vector<std::byte> records = RandomRecords(*wave, 50, 1);
  wave::StoreField(records.data() + 7 * size, wave->layout.status,
                   static_cast<std::uint64_t>(wave::Status::kTest));
  WordReader reader(*wave, wave->fieldwork_start_time + kReceived);
  const auto print_of = [&](std::span<const std::uint32_t> counts, std::size_t* number) {
    std::vector<engine::Batch> batches(counts.size());
    std::vector<const engine::Batch*> pointers;
    auto place = records.begin();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto end = place + static_cast<std::ptrdiff_t>(counts[i] * size);
      batches[i].response_count = counts[i];
      batches[i].responses.assign(place, end);
      place = end;
      pointers.push_back(&batches[i]);
    }
    const std::span<const Word> words = reader.Read(pointers);
    *number = words.size();
    std::uint64_t print = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i > 0) EXPECT_LT(words[i - 1].key_view(), words[i].key_view());
      print += WordPrint(words[i].key_view(), words[i].value);
    }
    return print;
  };
  std::size_t of_one = 0, of_three = 0;
  EXPECT_EQ(print_of(std::array{50u}, &of_one), print_of(std::array{20u, 1u, 29u}, &of_three));
  EXPECT_EQ(of_one, 49u);
  EXPECT_EQ(of_three, 49u);
}

}  // namespace
}  // namespace panelpuls::bench
