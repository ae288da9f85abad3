#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <thread>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

const std::string kCasesWave = kSource + "/waves/cases.textproto";
const std::string kHeader =
    "respondent_id,channel,revision,collected_at,status,revenue,employees\n";

class Push : public ::testing::TestWithParam<bool> {
 protected:
  std::string Target(const ServerProcess& server) const {
    return GetParam() ? server.http() : server.tcp();
  }
  panelpuls::testing::ScratchDirectory scratch_;
};

TEST_P(Push, RejectedLinesCanBeMendedAndPushedAgain) {
  const ServerProcess server({"--wave", kCasesWave, "--data", scratch_.File("data")});
  const std::string file = scratch_.File("responses.csv");
  const std::string good = "A1,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,up,same\n";
  const std::string bad_option = "A2,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,sideways,same\n";
  const std::string bad_time = "A3,cati,1,yesterday,COMPLETE,up,same\n";
  WriteText(file, kHeader + good + bad_option + bad_time +
                      "A4,cati,1,2025-09-02T11:00:00+02:00,COMPLETE,down,same\n");
  const Outcome first = RunPanelpuls({"push", "--wave", kCasesWave, "--to", Target(server), file});
  EXPECT_EQ(first.code, 3) << first.err;
  EXPECT_THAT(first.err, HasSubstr("2 accepted"));
  EXPECT_EQ(ReadText(file + ".rejected.csv"), kHeader + bad_option + bad_time);
  EXPECT_THAT(ReadText(file + ".rejected.reasons.txt"),
              HasSubstr("responses.csv:3: column \"revenue\": 'sideways' is no option"));
  EXPECT_THAT(ReadText(file + ".rejected.reasons.txt"),
              HasSubstr("responses.csv:4: not sent: column \"collected_at\": "));
  EXPECT_THAT(first.err, HasSubstr("1 rejected by the server, 1 not sent; mend them in"));

  const std::string mended = scratch_.File("mended.csv");
  WriteText(mended, kHeader + "A2,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,down,same\n" +
                        "A3,cati,1,2025-09-02T10:00:00+02:00,COMPLETE,up,same\n");
  const Outcome second =
      RunPanelpuls({"push", "--wave", kCasesWave, "--to", Target(server), mended});
  EXPECT_EQ(second.code, 0) << second.err;
  const Outcome again =
      RunPanelpuls({"push", "--wave", kCasesWave, "--to", Target(server), mended});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("2 duplicate"));
}

INSTANTIATE_TEST_SUITE_P(Transports, Push, ::testing::Bool(),
                         [](const auto& row) { return row.param ? "Http" : "Tcp"; });

TEST(PushOfAPipe, TakesTheFormatThatIsSaidAndPutsAsideUnderANameOfItsOwn) {
  const panelpuls::testing::ScratchDirectory scratch;
  const ServerProcess server({"--wave", kCasesWave, "--data", scratch.File("data")});
  const std::string pipe = scratch.File("63");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string good = "A1,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,up,same\n";
  const std::string bad = "A2,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,sideways,same\n";
  const std::string events = scratch.File("events");
  WriteText(events, "unit_id,disposition,channel,at\nA3,refusal,cati,2025-09-02T10:00:00Z\n");
  Outcome outcome;
  // A file behind --events FILE is one of responses.
  std::thread reader([&] {
    outcome = RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.http(), "--input-format",
                            "csv", "--events", events, pipe});
  });
  WriteText(pipe, kHeader + good + bad);
  reader.join();
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("3 records sent, 2 accepted, 1 rejected"));
  EXPECT_EQ(ReadText(pipe + ".rejected.csv"), kHeader + bad);
}

TEST(PushWithoutServer, GivesUpWithItsOwnExitCode) {
  const panelpuls::testing::ScratchDirectory scratch;
  std::string free_target;
  {
    ServerProcess server({"--wave", kCasesWave, "--data", scratch.File("data")});
    free_target = server.tcp();
    EXPECT_EQ(server.Stop(), 0);
  }
  const std::string file = scratch.File("responses.csv");
  WriteText(file, kHeader + "A1,eboks,1,2025-09-02T10:00:00+02:00,COMPLETE,up,same\n");
  const Outcome outcome = RunPanelpuls(
      {"push", "--wave", kCasesWave, "--to", free_target, "--give-up-after", "0.3", file});
  EXPECT_EQ(outcome.code, 4) << outcome.err;
}

TEST(PushOfAnotherWave, IsRefusedForGood) {
  const panelpuls::testing::ScratchDirectory scratch;
  const ServerProcess server({"--wave", kCasesWave, "--data", scratch.File("data")});
  const std::string file = scratch.File("responses.csv");
  ASSERT_EQ(RunPanelpuls({"simulate", "--wave", kPanelWave, "--output", file}).code, 0);
  const Outcome outcome = RunPanelpuls({"push", "--wave", kPanelWave, "--to", server.tcp(), file});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
}

}  // namespace
}  // namespace panelpuls::cli
