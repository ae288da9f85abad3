// What a directory keeps of the definitions it was opened with; what may not change; starts that
// are cut short; and what a check says beforehand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "archive/definition_check.h"
#include "archive/replay.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/harness.h"
#include "engine/verified.h"
#include "report/snapshot.h"
#include "testing/simulated_file_system.h"
#include "wave/definition.h"

namespace panelpuls::engine {
namespace {

using panelpuls::testing::SimulatedFileSystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::Harness;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsSound;
using testing::kDirectory;
using testing::kNoon;
using testing::LoadText;
using testing::MakeResponse;
using testing::OpenOnABadDay;
using testing::Replaced;
using testing::Sent;
using testing::TestOptions;
using testing::WaveText;

const std::string kFolder = std::string(kDirectory) + "/definitions";

std::string Prolonged() { return Replaced(WaveText(), "2026-04-30", "2026-05-31"); }
std::string WithSeats() {
  return Replaced(WaveText(), "exclusive: true }",
                  "exclusive: true }\n  options { code: \"seats\" }");
}
std::string WithPhone() {
  return Replaced(WaveText(), "target: 200 }\n",
                  "target: 200 }\nchannels { code: \"phone\" target: 50 }\n");
}

std::string MessageOf(const absl::Status& status) { return std::string(ToStd(status.message())); }

absl::Status OpenStatus(const std::string& text, const EngineOptions& options) {
  return Engine::Open(LoadText(text), options).status();
}

std::vector<Sent> MakeResponses(int count, const std::string& prefix = "unit") {
  std::mt19937_64 random(9);
  std::vector<Sent> responses;
  for (int i = 0; i < count; ++i) {
    responses.push_back(MakeResponse(fmt::format("{} {}", prefix, i), random));
  }
  return responses;
}

std::vector<std::string> TextsIn(SimulatedFileSystem& files) {
  const auto names = files.List(kFolder);
  return names.ok() ? *names : std::vector<std::string>();
}

TEST(KeptDefinitions, AreTheTextsAsGivenWithTheirDigestAndTime) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock, 2);
  {
    Harness harness(LoadText("# first\n" + WaveText()), options);
  }
  clock.AdvanceTo(kNoon + kMicrosPerHour);
  {
    Harness harness(LoadText("# prolonged\n" + Prolonged()), options);
  }
  clock.AdvanceTo(kNoon + 2 * kMicrosPerHour);
  {
    Harness harness(LoadText("# prolonged\n" + Prolonged()), options);
  }
  const std::vector<std::string> names = TextsIn(files);
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0], fmt::format("20260210T120000.000000Z-{:016x}.textproto",
                                  LoadText(WaveText())->definition_id));
  EXPECT_THAT(names[1], HasSubstr("20260210T130000.000000Z-"));
  for (const std::string& name : names) {
    EXPECT_EQ(files.Permissions(kFolder + "/" + name).value(), 0600u);
    const std::string text = ReadWholeFile(files, kFolder + "/" + name).value();
    // It is a definition itself.
    EXPECT_EQ(LoadText(text)->definition_id,
              LoadText(name == names[0] ? WaveText() : Prolonged())->definition_id);
    EXPECT_THAT(text, HasSubstr(name == names[0] ? "\n# first\n" : "\n# prolonged\n"));
    EXPECT_THAT(text, HasSubstr("\n# sha256: "));
  }
  EXPECT_EQ(files.Permissions(kFolder).value(), 0700u);
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
}

TEST(KeptDefinitions, ATextWithOtherCommentsIsKeptToo) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock);
  {
    Harness harness(LoadText("# one\n" + WaveText()), options);
  }
  clock.AdvanceTo(kNoon + kMicrosPerHour);
  {
    Harness harness(LoadText("# two\n" + WaveText()), options);
  }
  EXPECT_EQ(TextsIn(files).size(), 2u);
  clock.AdvanceTo(kNoon + 2 * kMicrosPerHour);
  Harness harness(LoadText("# two\n" + WaveText()), options);
  EXPECT_EQ(TextsIn(files).size(), 2u);
  // Nothing changed, so nothing was journaled.
  EXPECT_EQ(harness.engine().definitions().size(), 1u);
}

TEST(KeptDefinitions, WhatIsMissingIsWrittenAgainAndWhatWasChangedIsFound) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock);
  {
    Harness harness(LoadText(WaveText()), options);
  }
  clock.AdvanceTo(kNoon + kMicrosPerHour);
  {
    Harness harness(LoadText(Prolonged()), options);
  }
  const std::vector<std::string> names = TextsIn(files);
  ASSERT_EQ(names.size(), 2u);
  const std::string first = kFolder + "/" + names[0];
  std::string text = ReadWholeFile(files, first).value();
  files.PutFile(first, text + " ");
  const auto verification = archive::Verify(files, kDirectory);
  ASSERT_TRUE(verification.ok()) << verification.status();
  ASSERT_EQ(verification->findings.size(), 1u);
  EXPECT_THAT(verification->findings[0],
              AllOf(HasSubstr(names[0]), HasSubstr("is not the text that was kept there")));
  ASSERT_TRUE(files.Remove(first).ok());
  {
    Harness harness(LoadText(Prolonged()), options);
  }
  EXPECT_EQ(TextsIn(files), names);
  // Out of the journal: comments are gone, the definition is the same.
  EXPECT_EQ(LoadText(ReadWholeFile(files, first).value())->definition_id,
            LoadText(WaveText())->definition_id);
  EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
}

TEST(ChangedDefinition, IsToldWithWhatItChangesAndSinceWhen) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock, 2);
  {
    Harness harness(LoadText(WaveText()), options);
    harness.Send(MakeResponses(10));
  }
  clock.AdvanceTo(kNoon + kMicrosPerHour);
  {
    Harness harness(LoadText(Prolonged()), options);
  }
  clock.AdvanceTo(kNoon + 2 * kMicrosPerHour);
  Harness harness(LoadText(WaveText()), options);  // and back again
  const auto& versions = harness.engine().definitions();
  ASSERT_EQ(versions.size(), 3u);
  EXPECT_EQ(versions[0].since, kNoon);
  EXPECT_EQ(versions[1].since, kNoon + kMicrosPerHour);
  EXPECT_EQ(versions[2].since, kNoon + 2 * kMicrosPerHour);
  EXPECT_THAT(versions[0].changes, IsEmpty());
  ASSERT_EQ(versions[2].changes.size(), 1u);
  EXPECT_EQ(wave::DescribeChange(versions[2].changes[0]),
            "fieldwork_end: 2026-05-31 -> 2026-04-30 (for all responses)");
  const SnapshotPointer snapshot = harness.engine().Latest();
  const std::string json = report::WaveToJson(*snapshot->wave, *snapshot->definitions);
  EXPECT_THAT(json, HasSubstr("\"since\":\"2026-02-10T14:00:00+00:00\",\"changes\":[{\"kind\":"
                              "\"computed\",\"what\":\"fieldwork_end\",\"before\":\"2026-05-31\","
                              "\"after\":\"2026-04-30\",\"begins_sequence\":false}]"));
  EXPECT_THAT(std::string(snapshot->rendered.json.collection()),
              AllOf(HasSubstr("\"definition_since\":\"2026-02-10T14:00:00+00:00\""),
                    HasSubstr("\"definitions\":3"),
                    HasSubstr("\"sequence_since\":\"2026-02-10T12:00:00+00:00\"")));
}

// An earlier moment is computed by the definition of then.
TEST(ChangedDefinition, ReplayUntilGoesByTheDefinitionOfThen) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock, 3);
  std::string before;
  {
    Harness harness(LoadText(WaveText()), options);
    harness.Send(MakeResponses(40));
    before = harness.Stop()->rendered.json.estimates();
  }
  clock.AdvanceTo(kNoon + kMicrosPerHour);
  std::string after;
  {
    Harness harness(LoadText(Replaced(WithPhone(), "method: RAKE", "method: LINEAR")), options);
    std::vector<Sent> more = MakeResponses(20, "later");
    for (Sent& sent : more) sent.channel = "phone";
    harness.Send(more);
    after = harness.Stop()->rendered.json.estimates();
  }
  const auto then = archive::Replay(files, kDirectory, kNoon + kMicrosPerHour - 1);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(then->wave->definition_id, LoadText(WaveText())->definition_id);
  EXPECT_EQ(report::SnapshotToJson(then->Inputs()).estimates(), before);
  const auto now = archive::Replay(files, kDirectory, std::nullopt);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(report::SnapshotToJson(now->Inputs()).estimates(), after);
}

// A verdict is taken once, at receipt, by the definition of then.
TEST(ChangedDefinition, LeavesTheVerdictsOnClocksAsTheyWere) {
  const std::pair<const char*, const char*> edits[] = {
      {"max_respondents: 5000", "max_respondents: 5000 clock_tolerance_minutes: 600"},
      {"fieldwork_start: \"2026-02-01\"", "fieldwork_start: \"2026-02-11\""}};
  for (const auto& [from, to] : edits) {
    SCOPED_TRACE(to);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const EngineOptions options = TestOptions(files, clock, 2);
    std::vector<Sent> responses = MakeResponses(20);
    for (int i = 0; i < 5; ++i) {
      responses[static_cast<std::size_t>(i)].at = kNoon + 2 * kMicrosPerHour;
    }
    const auto marked = [](const PublishedSnapshot& snapshot) {
      std::uint64_t sum = 0;
      for (const auto& channel : snapshot.counters.channels) sum += channel.marked;
      return sum;
    };
    {
      Harness harness(LoadText(WaveText()), options);
      harness.Send(responses);
      EXPECT_EQ(marked(*harness.Stop()), 5u);
    }
    clock.AdvanceTo(kNoon + 1);
    std::vector<Sent> later = MakeResponses(1, "later");
    later[0].at = kNoon + 3 * kMicrosPerHour;
    const bool tolerant = std::string_view(to).find("600") != std::string_view::npos;
    {
      Harness harness(LoadText(Replaced(WaveText(), from, to)), options);
      harness.Send(later);
      EXPECT_EQ(marked(*harness.Stop()), tolerant ? 5u : 6u);
    }
    EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
    Harness harness(LoadText(WaveText()), options);
    EXPECT_EQ(marked(*harness.engine().Latest()), tolerant ? 5u : 6u);
  }
}

TEST(ChangedDefinition, WhatWasAddedMayBeTakenBackWhileNoRecordHoldsIt) {
  for (const bool used : {false, true}) {
    SCOPED_TRACE(used);
    SimulatedFileSystem files;
    ManualClock clock(kNoon);
    const EngineOptions options = TestOptions(files, clock, 2);
    {
      Harness harness(LoadText(WaveText()), options);
      harness.Send(MakeResponses(10));
    }
    {
      Harness harness(LoadText(WithSeats()), options);
      std::vector<Sent> more = MakeResponses(5, "later");
      if (used) more[3].answers.push_back({"improve", {"seats"}});
      if (used)
        std::erase_if(more[3].answers, [](const auto& answer) {
          return answer.first == "improve" && answer.second[0] != "seats";
        });
      harness.Send(more);
    }
    const absl::Status status = OpenStatus(WaveText(), options);
    if (!used) {
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
      continue;
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(MessageOf(status), HasSubstr("holds option \"seats\" of question \"improve\""));
    Harness again(LoadText(WithSeats()), options);
    EXPECT_EQ(again.engine().Latest()->counters.respondents, 15u);
  }
}

TEST(ChangedDefinition, WhatTheFirstOneHasIsNotTakenOutEvenUnused) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock);
  {
    Harness harness(LoadText(WithSeats()), options);
  }
  const absl::Status status = OpenStatus(WaveText(), options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(MessageOf(status), HasSubstr("option \"seats\" of question \"improve\" was removed"));
  EXPECT_TRUE(OpenStatus(WithSeats(), options).ok());
}

// Another number for what records hold is refused and leaves the directory as it is.
TEST(ChangedDefinition, ThatIsRefusedChangesNothing) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock, 2);
  {
    Harness harness(LoadText(WaveText()), options);
    harness.Send(MakeResponses(10));
  }
  const auto line = archive::Verify(files, kDirectory)->line;
  const auto texts = TextsIn(files);
  const std::pair<const char*, const char*> edits[] = {
      {"options { code: \"price\"", "options { code: \"time\" } options { code: \"price\""},
      {"max_respondents: 5000", "max_respondents: 100"},
      {"sequence_planned_n: 600", "sequence_planned_n: 900"},
      {"base_weights: BASE_WEIGHTS_PER_UNIT", "base_weights: BASE_WEIGHTS_NONE"},
      {"id: \"tilfredshed-2026\"", "id: \"tilfredshed-2027\""}};
  for (const auto& [from, to] : edits) {
    SCOPED_TRACE(to);
    const absl::Status status = OpenStatus(Replaced(WaveText(), from, to), options);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(archive::Verify(files, kDirectory)->line, line);
    EXPECT_EQ(TextsIn(files), texts);
  }
  Harness harness(LoadText(WaveText()), options);
  EXPECT_EQ(harness.engine().Latest()->counters.respondents, 10u);
}

// Whatever was written when it ended, the next start takes the old definition or the new one.
TEST(ChangedDefinition, CutShortAtAnyCallIsTakenOrNotByTheNextStart) {
  for (const bool crash : {true, false}) {
    bool fired = true;
    std::uint64_t n = 1;
    for (; fired; ++n) {
      SCOPED_TRACE(::testing::Message() << (crash ? "power" : "kill") << ", call " << n);
      SimulatedFileSystem files(n);
      ManualClock clock(kNoon);
      const EngineOptions options = TestOptions(files, clock, 3);
      {
        Harness harness(LoadText(WaveText()), options);
        harness.Send(MakeResponses(6));
      }
      clock.AdvanceTo(kNoon + kMicrosPerHour);
      files.CutPowerAt(n);
      OpenOnABadDay(LoadText(WithPhone()), options).IgnoreError();
      fired = files.failure_fired();
      crash ? files.Crash() : files.KillProcess();
      clock.AdvanceTo(kNoon + 2 * kMicrosPerHour);
      const bool back = n % 2 == 0;
      {
        Harness harness(LoadText(back ? WaveText() : WithPhone()), options);
        std::vector<Sent> more = MakeResponses(3, "later");
        if (!back) more[0].channel = "phone";
        harness.Send(more);
        EXPECT_EQ(harness.Stop()->counters.respondents, 9u);
      }
      EXPECT_TRUE(IsSound(archive::Verify(files, kDirectory)));
      Harness again(LoadText(WithPhone()), options);
      EXPECT_EQ(again.engine().Latest()->counters.respondents, 9u);
      EXPECT_EQ(TextsIn(files).size(), again.engine().definitions().size());
    }
    EXPECT_GT(n, 20u);
  }
}

TEST(CheckDefinition, SaysBeforehandWhatAStartWouldDo) {
  SimulatedFileSystem files;
  ManualClock clock(kNoon);
  const EngineOptions options = TestOptions(files, clock, 2);
  {
    Harness harness(LoadText(WaveText()), options);
    harness.Send(MakeResponses(10));
  }
  {
    Harness harness(LoadText(WithSeats()), options);
    std::vector<Sent> one = MakeResponses(1, "later");
    one[0].answers = {{"satisfaction", {"3"}}, {"improve", {"seats"}}};
    harness.Send(one);
  }
  const auto check = [&](const std::string& text) {
    auto result = archive::CheckDefinition(files, kDirectory, LoadText(text));
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  };
  const archive::DefinitionCheck same = check(WithSeats());
  EXPECT_TRUE(same.verdict.ok()) << same.verdict;
  EXPECT_THAT(same.changes, IsEmpty());
  EXPECT_EQ(same.versions.size(), 2u);
  const archive::DefinitionCheck later = check(Replaced(WithSeats(), "2026-04-30", "2026-05-31"));
  EXPECT_TRUE(later.verdict.ok()) << later.verdict;
  ASSERT_EQ(later.changes.size(), 1u);
  EXPECT_EQ(later.changes[0].what, "fieldwork_end");
  EXPECT_EQ(later.respondents, 11u);
  const archive::DefinitionCheck back = check(WaveText());
  EXPECT_THAT(MessageOf(back.verdict), HasSubstr("holds option \"seats\""));
  const archive::DefinitionCheck refused =
      check(Replaced(WithSeats(), "max_respondents: 5000", "max_respondents: 50"));
  EXPECT_THAT(MessageOf(refused.verdict), HasSubstr("max_respondents was 5000 and is 50"));
  EXPECT_EQ(TextsIn(files).size(), 2u);
}

}  // namespace
}  // namespace panelpuls::engine
