// Which version counts: every short history of small universes, then random long ones, against a
// maximum over the set of versions seen.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

#include "describe.h"
#include "panel_wave.h"
#include "state/state.h"
#include "version_model.h"

namespace panelpuls::state {
namespace {

using testing::SampleResponse;
using wave::Result;
using wave::Status;

constexpr Micros kDay = 24 * kMicrosPerHour;

Micros At(const wave::Wave& wave, int day) { return wave.fieldwork_start_time + day * kDay; }

std::unique_ptr<State> MakeState(const std::shared_ptr<const wave::Wave>& wave,
                                 const StateOptions& options = {}) {
  auto state = State::Create(wave, options);
  EXPECT_TRUE(state.ok()) << state.status();
  return *std::move(state);
}

Applied Apply(State& state, const SeenVersion& version, std::uint64_t unit) {
  std::vector<std::byte> record = version.record;
  wave::ResponseHeader header = wave::LoadResponseHeader(record.data());
  header.pseudonym_high = testing::HighOf(unit);
  header.pseudonym_low = testing::LowOf(unit);
  wave::StoreResponseHeader(record.data(), header);
  return state.ApplyResponse(record, version.receipt);
}

SampleResponse Sample(const std::string& channel, std::uint32_t revision, Micros at,
                      const std::string& revenue) {
  SampleResponse sample;
  sample.channel = channel;
  sample.revision = revision;
  sample.collected_at = at;
  sample.categories = {{"size", "small"}, {"area", "south"}};
  if (!revenue.empty()) sample.answers = {{"revenue", revenue}, {"jobs", "same"}};
  return sample;
}

SampleResponse WithStatus(SampleResponse sample, Status status) {
  sample.status = status;
  return sample;
}
SampleResponse Marked(SampleResponse sample) {
  sample.marked = true;
  return sample;
}
SampleResponse Weighing(SampleResponse sample, double base_weight) {
  sample.base_weight = base_weight;
  return sample;
}

struct Universe {
  std::string name;
  std::string head;
  std::vector<SampleResponse> (*make)(const wave::Wave&);
};

std::vector<SampleResponse> CorrectionsAndConflicts(const wave::Wave& wave) {
  return {Sample("eboks", 0, At(wave, 1), "up"),
          Sample("eboks", 0, At(wave, 1), "down"),
          WithStatus(Sample("eboks", 1, At(wave, 0), ""), Status::kPartial),
          Marked(Sample("eboks", 0, At(wave, 300), "same")),
          Sample("cati", 0, At(wave, 5), "down"),
          WithStatus(Sample("cati", 1, At(wave, 6), ""), Status::kWithdrawn)};
}
std::vector<SampleResponse> ManyContentsOfOneVersion(const wave::Wave& wave) {
  return {Weighing(Sample("eboks", 0, At(wave, 1), "up"), 1),
          Weighing(Sample("eboks", 0, At(wave, 1), "up"), 2),
          Weighing(Sample("eboks", 0, At(wave, 1), "up"), 3.25),
          Weighing(Sample("eboks", 0, At(wave, 1), "same"), 1),
          Weighing(Sample("eboks", 0, At(wave, 1), "down"), 1),
          WithStatus(Sample("eboks", 0, At(wave, 1), "down"), Status::kPartial)};
}
std::vector<SampleResponse> BothChannels(const wave::Wave& wave) {
  return {WithStatus(Sample("eboks", 0, At(wave, 3), "up"), Status::kPartial),
          Sample("eboks", 1, At(wave, 2), "same"),
          WithStatus(Sample("eboks", 2, At(wave, 9), ""), Status::kWithdrawn),
          Sample("cati", 0, At(wave, 2), "down"),
          Marked(Sample("cati", 1, At(wave, 200), "up")),
          WithStatus(Sample("cati", 2, kNoTime, ""), Status::kPartial)};
}
// Equal ranks, so that time decides between the channels, or their order where that has priority.
std::vector<SampleResponse> CompleteInBothChannels(const wave::Wave& wave) {
  return {Sample("eboks", 0, At(wave, 2), "up"),
          Sample("eboks", 1, At(wave, 4), "same"),
          WithStatus(Sample("eboks", 2, At(wave, 9), "up"), Status::kPartial),
          Sample("cati", 0, At(wave, 3), "down"),
          Sample("cati", 1, At(wave, 5), "same"),
          Sample("cati", 2, At(wave, 4), "up")};
}
std::vector<SampleResponse> MarkedConflicts(const wave::Wave& wave) {
  return {Marked(Sample("eboks", 0, At(wave, 90), "down")),
          Sample("eboks", 0, At(wave, 90), "up"),
          Marked(Sample("eboks", 0, At(wave, 90), "same")),
          Sample("eboks", 0, At(wave, 4), "same"),
          Sample("cati", 0, At(wave, 4), "down"),
          Marked(Sample("cati", 0, At(wave, -30), "same"))};
}

const std::vector<Universe>& Universes() {
  static const std::vector<Universe> universes = {
      {"corrections", "", CorrectionsAndConflicts},
      {"six_contents", "", ManyContentsOfOneVersion},
      {"channels", "", BothChannels},
      {"channels_with_priority", "channel_priority: true", BothChannels},
      {"complete_in_both", "", CompleteInBothChannels},
      {"complete_in_both_with_priority", "channel_priority: true", CompleteInBothChannels},
      {"marked_conflicts", "", MarkedConflicts},
  };
  return universes;
}

std::vector<SeenVersion> Versions(const Universe& universe,
                                  const std::shared_ptr<const wave::Wave>& wave) {
  testing::SampleResolver resolver(wave);
  std::vector<SeenVersion> versions;
  for (const SampleResponse& sample : universe.make(*wave)) {
    const Micros receipt = At(*wave, 20) + static_cast<Micros>(versions.size()) * kDay;
    versions.push_back({sample, resolver.Record(sample), receipt});
  }
  return versions;
}

void PrintTo(const Universe& universe, std::ostream* os) { *os << universe.name; }

class WordTest : public ::testing::TestWithParam<Universe> {};

// All sequences of up to five of six versions, each on a unit of its own.
TEST_P(WordTest, EveryShortHistoryEndsAtTheMaximumOfWhatWasSeen) {
  const auto wave = PanelWave({.head = GetParam().head});
  const std::vector<SeenVersion> versions = Versions(GetParam(), wave);
  constexpr std::uint64_t kUnitsOfAState = 500;
  std::uint64_t unit = 0;
  auto state = MakeState(wave);
  auto model = std::make_unique<VersionModel>(*wave);
  const auto check = [&] {
    Cube cube(*wave);
    Counters counters(*wave);
    model->Fill(&cube, &counters);
    ASSERT_TRUE(state->cube() == cube);
    ASSERT_EQ(DescribeStanding(state->counters()), DescribeStanding(counters));
  };
  for (std::size_t length = 1; length <= 5; ++length) {
    std::size_t sequences = 1;
    for (std::size_t i = 0; i < length; ++i) sequences *= versions.size();
    for (std::size_t sequence = 0; sequence < sequences; ++sequence) {
      std::size_t rest = sequence;
      for (std::size_t i = 0; i < length; ++i, rest /= versions.size()) {
        SeenVersion version = versions[rest % versions.size()];
        version.sample.unit = unit;
        const Result expected = model->Expect(version);
        const Applied applied = Apply(*state, version, unit);
        ASSERT_EQ(applied.result, expected) << "length " << length << " sequence " << sequence;
        ASSERT_TRUE(expected != Result::kAccepted || applied.journal);
        ASSERT_TRUE(expected == Result::kAccepted || expected == Result::kConflict ||
                    !applied.journal);
        model->See(version);
      }
      if (++unit % kUnitsOfAState != 0) continue;
      check();
      state = MakeState(wave);
      model = std::make_unique<VersionModel>(*wave);
    }
  }
  check();
}

// Replay applies only what was journaled, in that order, and must end at the same counters.
TEST_P(WordTest, ReplayOfWhatWasJournaledGivesTheSameStateAndTheSameResults) {
  const auto wave = PanelWave({.head = GetParam().head});
  const std::vector<SeenVersion> versions = Versions(GetParam(), wave);
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    auto state = MakeState(wave);
    struct Journaled {
      SeenVersion version;
      std::uint64_t unit;
      Result result;
    };
    std::vector<Journaled> journal;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t unit = random() % 9;
      const SeenVersion& version = versions[random() % versions.size()];
      const Applied applied = Apply(*state, version, unit);
      if (applied.journal) journal.push_back({version, unit, applied.result});
    }
    auto replayed = MakeState(wave);
    for (const Journaled& entry : journal) {
      const Applied applied = Apply(*replayed, entry.version, entry.unit);
      ASSERT_TRUE(applied.journal);
      ASSERT_EQ(applied.result, entry.result);
    }
    ASSERT_TRUE(replayed->cube() == state->cube());
    ASSERT_EQ(DescribeAll(replayed->counters()), DescribeAll(state->counters()));
    std::vector<AttentionEntry> before;
    std::vector<AttentionEntry> after;
    state->ListAttention(1000, &before);
    replayed->ListAttention(1000, &after);
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(before[i].pseudonym_low, after[i].pseudonym_low);
      EXPECT_EQ(before[i].count, after[i].count);
      EXPECT_EQ(before[i].last, after[i].last);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Universes, WordTest, ::testing::ValuesIn(Universes()),
                         [](const auto& info) { return info.param.name; });

// A random fieldwork of 40 units over both channels.
std::vector<SeenVersion> RandomHistory(const std::shared_ptr<const wave::Wave>& wave,
                                       std::mt19937& random) {
  testing::SampleResolver resolver(wave);
  const std::vector<std::string> answers = {"up", "same", "down", "dont_know", ""};
  const std::vector<std::string> barriers = {"money", "time|money", "none", "dont_know", ""};
  std::vector<SeenVersion> history;
  for (int i = 0; i < 300; ++i) {
    SampleResponse sample;
    sample.unit = random() % 40;
    sample.channel = random() % 3 == 0 ? "cati" : "eboks";
    sample.revision = static_cast<std::uint32_t>(random() % 3);
    sample.collected_at = At(*wave, static_cast<int>(random() % 4));
    // The verdict belongs to the version, as a journal keeps it.
    sample.marked = testing::Spread(sample.unit * 64 + sample.revision * 8 +
                                    static_cast<std::uint64_t>(sample.collected_at)) %
                        5 ==
                    0;
    const auto status = random() % 10;
    sample.status = status < 6   ? Status::kComplete
                    : status < 9 ? Status::kPartial
                                 : Status::kWithdrawn;
    sample.categories = {{"size", random() % 2 == 0 ? "small" : "large"},
                         {"area", random() % 2 == 0 ? "north" : "east"}};
    const std::string& revenue = answers[random() % answers.size()];
    const std::string& chosen = barriers[random() % barriers.size()];
    if (!revenue.empty()) sample.answers["revenue"] = revenue;
    if (random() % 2 == 0) sample.answers["jobs"] = "same";
    if (!chosen.empty()) sample.answers["barriers"] = chosen;
    sample.base_weight = 0.5 + static_cast<double>(random() % 1000) / 7;
    const Micros receipt = sample.collected_at + static_cast<Micros>(sample.unit) * kDay;
    history.push_back({sample, resolver.Record(sample), receipt});
  }
  return history;
}

TEST(State, AnyOrderRepetitionAndPartitioningGivesTheSameCube) {
  const auto wave = PanelWave();
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    std::vector<SeenVersion> history = RandomHistory(wave, random);
    VersionModel model(*wave);
    for (const SeenVersion& version : history) model.See(version);
    Cube expected_cube(*wave);
    Counters expected(*wave);
    model.Fill(&expected_cube, &expected);
    ASSERT_GT(expected.respondents, 0u);

    for (const std::uint32_t partitions : {1u, 2u, 7u}) {
      std::vector<std::unique_ptr<State>> states;
      for (std::uint32_t i = 0; i < partitions; ++i) {
        states.push_back(MakeState(wave, {.partitions = partitions}));
      }
      const std::size_t once = history.size();
      for (std::size_t i = 0; i < once / 3; ++i) history.push_back(history[random() % once]);
      std::shuffle(history.begin(), history.end(), random);
      for (const SeenVersion& version : history) {
        __extension__ using Wide = unsigned __int128;
        const std::uint64_t high = testing::HighOf(version.sample.unit);
        const auto partition = static_cast<std::size_t>((Wide{high} * partitions) >> 64);
        Apply(*states[partition], version, version.sample.unit);
      }
      Cube cube(*wave);
      Counters counters(*wave);
      for (const auto& state : states) {
        cube.Merge(state->cube());
        counters.Merge(state->counters());
      }
      ASSERT_TRUE(cube == expected_cube) << partitions << " partitions";
      ASSERT_EQ(DescribeStanding(counters), DescribeStanding(expected));
    }
  }
}

// Groups of the panel wave: 0 rise, 1 flat, 2 fall, 3 no valid case; 4 is none.
TEST(State, CorrectionsAreCountedByTheGroupBeforeAndAfter) {
  const auto wave = PanelWave();
  testing::SampleResolver resolver(wave);
  auto state = MakeState(wave);
  const auto send = [&](std::uint64_t unit, std::uint32_t revision, const std::string& revenue,
                        Status status, const std::string& channel = "eboks") {
    SampleResponse sample;
    sample.unit = unit;
    sample.channel = channel;
    sample.revision = revision;
    sample.collected_at = At(*wave, 1);
    sample.status = status;
    sample.categories = {{"size", "small"}, {"area", "north"}};
    sample.answers = {{"revenue", revenue}, {"jobs", "same"}};
    sample.base_weight = 1;
    Apply(*state, {sample, resolver.Record(sample), At(*wave, 2)}, unit);
  };
  send(1, 1, "up", Status::kComplete);
  send(1, 2, "down", Status::kComplete);
  send(2, 1, "same", Status::kComplete);
  send(2, 2, "same", Status::kPartial);
  send(3, 1, "up", Status::kComplete);
  send(3, 2, "up", Status::kWithdrawn);
  send(3, 3, "dont_know", Status::kComplete);
  send(3, 2, "down", Status::kComplete);  // superseded: no correction
  send(4, 1, "up", Status::kComplete);
  send(4, 1, "same", Status::kPartial, "cati");
  send(4, 2, "down", Status::kPartial, "cati");  // the complete one still counts
  std::vector<std::uint64_t> expected(25);
  expected[0 * 5 + 2] = 1;
  expected[1 * 5 + 1] = 1;
  expected[0 * 5 + 4] = 1;
  expected[4 * 5 + 3] = 1;
  expected[4 * 5 + 4] = 1;
  EXPECT_EQ(state->counters().correction_moves, expected);
}

}  // namespace
}  // namespace panelpuls::state
