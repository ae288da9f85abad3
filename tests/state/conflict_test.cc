// The same version with other content.
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
using wave::Result;

class ConflictTest : public ::testing::Test {
 protected:
  ConflictTest() { Reset(1000); }
  void Reset(std::uint64_t max_respondents) {
    wave_ = PanelWave({.max_respondents = max_respondents});
    resolver_ = std::make_unique<testing::SampleResolver>(wave_);
    state_ = State::Create(wave_, {}).value();
  }
  // Base weights tell the contents apart; the larger one is the larger content.
  Applied Send(double base_weight, std::uint32_t revision = 0, std::uint64_t unit = 1,
               const std::string& channel = "eboks") {
    SampleResponse sample;
    sample.unit = unit;
    sample.channel = channel;
    sample.revision = revision;
    sample.collected_at = wave_->fieldwork_start_time;
    sample.answers = {{"revenue", "up"}, {"jobs", "same"}};
    sample.categories = {{"size", "small"}, {"area", "north"}};
    sample.base_weight = base_weight;
    std::vector<std::byte> record = resolver_->Record(sample);
    return state_->ApplyResponse(record, ++receipt_);
  }
  double BaseWeightThatCounts() const {
    const Sums& sums = state_->cube().SumsBlock(0)[wave_->tables[0].offset];
    return static_cast<double>(static_cast<std::uint64_t>(sums.d)) / 0x1p40;
  }
  std::vector<AttentionEntry> Attention() const {
    std::vector<AttentionEntry> entries;
    state_->ListAttention(1000, &entries);
    return entries;
  }

  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<testing::SampleResolver> resolver_;
  std::unique_ptr<State> state_;
  Micros receipt_ = 1'000'000;
};

TEST_F(ConflictTest, TheLargerContentWinsInEitherOrder) {
  // Content is compared by bytes, and a number's bytes are least significant first.
  for (const auto& order : {std::vector<double>{3, 5}, std::vector<double>{5, 3}}) {
    Reset(1000);
    EXPECT_EQ(Send(order[0]).result, Result::kAccepted);
    const Applied second = Send(order[1]);
    EXPECT_EQ(second.result, Result::kConflict);
    EXPECT_TRUE(second.journal);
    EXPECT_EQ(BaseWeightThatCounts(), 5);
  }
}

TEST_F(ConflictTest, EachContentIsJournaledOnceAndAResendChangesNothing) {
  Send(3);
  Send(5);
  const std::string before = DescribeAll(state_->counters());
  const std::uint64_t changes = state_->attention_changes();
  for (int i = 0; i < 3; ++i) {
    const Applied loser = Send(3);
    EXPECT_EQ(loser.result, Result::kConflict);
    EXPECT_FALSE(loser.journal);
    EXPECT_EQ(Send(5).result, Result::kDuplicate);
  }
  EXPECT_EQ(DescribeAll(state_->counters()), before);
  EXPECT_EQ(state_->attention_changes(), changes);
  EXPECT_EQ(state_->counters().channels[0].conflicts, 1u);
}

TEST_F(ConflictTest, OfManyContentsTheLargestCountsWhateverTheOrder) {
  std::vector<double> contents = {1, 2, 3, 4, 5, 6, 7};
  std::vector<int> journaled(8);
  do {
    // The first five decide; a sample of the 5,040 orders keeps the test short.
    if (static_cast<int>(contents[0] * 7 + contents[3] * 5 + contents[6]) % 17 != 0) continue;
    Reset(1000);
    std::fill(journaled.begin(), journaled.end(), 0);
    for (int round = 0; round < 2; ++round) {
      for (const double content : contents) {
        if (Send(content).journal) ++journaled[static_cast<std::size_t>(content)];
      }
    }
    ASSERT_EQ(BaseWeightThatCounts(), 7);
    // Never twice; and the largest five always.
    for (std::size_t content = 1; content <= 7; ++content) ASSERT_LE(journaled[content], 1);
    for (std::size_t content = 3; content <= 7; ++content) ASSERT_EQ(journaled[content], 1);
    ASSERT_EQ(state_->counters().conflicts_open, 1u);
  } while (std::next_permutation(contents.begin(), contents.end()));
}

TEST_F(ConflictTest, AHigherRevisionSettlesIt) {
  Send(3);
  Send(5);
  ASSERT_EQ(Attention().size(), 1u);
  EXPECT_EQ(Attention()[0].kind, AttentionEntry::kConflict);
  EXPECT_EQ(Attention()[0].count, 2u);
  EXPECT_EQ(Attention()[0].pseudonym_low, testing::LowOf(1));
  const Applied settled = Send(4, 2);
  EXPECT_EQ(settled.result, Result::kAccepted);
  EXPECT_TRUE(settled.correction);
  EXPECT_EQ(BaseWeightThatCounts(), 4);
  EXPECT_TRUE(Attention().empty());
  EXPECT_EQ(state_->counters().conflicts_open, 0u);
  EXPECT_EQ(Send(3).result, Result::kSuperseded);
}

TEST_F(ConflictTest, EachChannelHasItsOwn) {
  for (const std::string channel : {"eboks", "cati"}) {
    Send(3, 0, 1, channel);
    EXPECT_EQ(Send(5, 0, 1, channel).result, Result::kConflict);
  }
  EXPECT_EQ(Attention().size(), 2u);
  EXPECT_EQ(state_->counters().conflicts_open, 2u);
  EXPECT_EQ(state_->counters().respondents, 1u);
}

// 5,000 units have room for 1,024 conflicts.
TEST_F(ConflictTest, AFullTableStillLetsTheLargerContentWin) {
  Reset(5000);
  for (std::uint64_t unit = 0; unit < 1024; ++unit) {
    Send(3, 0, unit);
    ASSERT_TRUE(Send(5, 0, unit).journal);
  }
  EXPECT_EQ(state_->counters().conflicts_untracked, 0u);
  EXPECT_FALSE(Send(3, 0, 2000).untracked);
  for (int arrival = 0; arrival < 2; ++arrival) {
    const Applied smaller = Send(2, 0, 2000);
    EXPECT_EQ(smaller.result, Result::kConflict);
    EXPECT_FALSE(smaller.journal);
    EXPECT_TRUE(smaller.untracked);
  }
  // What is not journaled is in no counter, or replay would give another one.
  EXPECT_EQ(state_->counters().conflicts_untracked, 0u);
  const Applied larger = Send(5, 0, 2000);
  EXPECT_EQ(larger.result, Result::kConflict);
  EXPECT_TRUE(larger.journal);
  EXPECT_TRUE(larger.untracked);
  EXPECT_FALSE(Send(5, 0, 2000).untracked);  // a duplicate
  EXPECT_FALSE(Send(4, 0, 1).untracked);     // its entry has room
  EXPECT_EQ(Send(5, 0, 2000).result, Result::kDuplicate);
  EXPECT_EQ(state_->counters().conflicts_untracked, 1u);
  EXPECT_EQ(BaseWeightThatCounts(), 1025 * 5);

  // A settled one makes room for the next.
  Send(4, 1, 17);
  Send(3, 0, 2001);
  EXPECT_TRUE(Send(2, 0, 2001).journal);
  EXPECT_EQ(state_->counters().conflicts_open, 1024u);
  EXPECT_EQ(Attention().size(), 1000u);
}

TEST_F(ConflictTest, AVersionIsADuplicateWhateverItsOwnVerdictWouldBe) {
  SampleResponse sample;
  sample.collected_at = wave_->fieldwork_start_time - 1;
  sample.answers = {{"revenue", "up"}};
  sample.categories = {{"size", "small"}, {"area", "north"}};
  sample.marked = true;
  std::vector<std::byte> marked = resolver_->Record(sample);
  sample.marked = false;
  std::vector<std::byte> unmarked = resolver_->Record(sample);
  EXPECT_EQ(state_->ApplyResponse(marked, 1).result, Result::kAccepted);
  EXPECT_EQ(state_->ApplyResponse(unmarked, 2).result, Result::kDuplicate);
  EXPECT_EQ(state_->counters().channels[0].marked, 1u);
}

bool IsSame(const AttentionEntry& a, const AttentionEntry& b) {
  return a.pseudonym_low == b.pseudonym_low && a.channel == b.channel && a.revision == b.revision &&
         a.count == b.count && a.first == b.first && a.last == b.last;
}

// Whatever comes again, is settled by a new revision, or bears an earlier time.
TEST_F(ConflictTest, TheNewestOpenOnesAreTheLastOfAll) {
  std::mt19937_64 random(1);
  std::size_t most = 0;
  for (int step = 0; step < 3000; ++step) {
    receipt_ += static_cast<Micros>(random() % 4) - (random() % 20 == 0 ? 10 : 1);
    const std::uint64_t unit = random() % 60;
    const auto revision = static_cast<std::uint32_t>(random() % 8 == 0 ? step : 0);
    Send(1 + static_cast<double>(random() % 6), revision, unit);
    std::vector<AttentionEntry> all;
    state_->ListAttention(1000, &all);
    ASSERT_EQ(all.size(), state_->counters().conflicts_open);
    most = std::max(most, all.size());
    for (const std::size_t limit : {std::size_t{1}, std::size_t{3}, all.size() / 2, all.size()}) {
      std::vector<AttentionEntry> newest;
      state_->ListAttention(limit, &newest);
      const std::size_t kept = std::min(limit, all.size());
      ASSERT_TRUE(std::equal(newest.begin(), newest.end(),
                             all.end() - static_cast<std::ptrdiff_t>(kept), all.end(), IsSame))
          << "step " << step << ", the newest " << limit;
    }
  }
  EXPECT_GT(most, 20u);
}

TEST_F(ConflictTest, MarkedVersionsAreListedNewestLastAndAtMostAThousand) {
  SampleResponse sample;
  sample.answers = {{"revenue", "up"}};
  sample.categories = {{"size", "small"}, {"area", "north"}};
  sample.marked = true;
  Reset(2000);
  for (std::uint64_t unit = 0; unit < 1200; ++unit) {
    sample.unit = unit;
    std::vector<std::byte> record = resolver_->Record(sample);
    state_->ApplyResponse(record, static_cast<Micros>(unit));
  }
  const std::vector<AttentionEntry> entries = Attention();
  ASSERT_EQ(entries.size(), 1000u);
  EXPECT_EQ(entries.front().last, 200);
  EXPECT_EQ(entries.back().last, 1199);
  EXPECT_EQ(entries.back().kind, AttentionEntry::kMarkedVersion);
  std::vector<AttentionEntry> few;
  state_->ListAttention(3, &few);
  ASSERT_EQ(few.size(), 3u);
  EXPECT_EQ(few.back().last, 1199);
}

}  // namespace
}  // namespace panelpuls::state
