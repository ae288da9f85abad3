#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;

const std::string kCasesWave = kSource + "/waves/cases.textproto";

// The first segment of the one partition.
std::string SegmentOf(const std::string& data) {
  std::string found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    const std::string path = entry.path().string();
    if (entry.is_regular_file() && path.find("partition-") != std::string::npos &&
        (found.empty() || path < found)) {
      found = path;
    }
  }
  return found;
}

TEST(DamagedJournal, HasItsOwnExitCodeInEveryCommandThatReadsIt) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  {
    ServerProcess server({"--wave", kCasesWave, "--data", data});
    for (const std::string unit : {"A1", "A2", "A3"}) {
      const std::string file = scratch.File(unit + ".jsonl");
      WriteText(file,
                R"({"respondentId":")" + unit +
                    R"(","channel":"eboks","revision":1,"collectedAt":"2025-09-02T10:00:00Z",)" +
                    R"("answers":[{"question":"revenue","options":["up"]}]})" + "\n");
      ASSERT_EQ(RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.http(), file}).code, 0);
    }
    EXPECT_EQ(server.Stop(), 0);
  }
  EXPECT_EQ(RunPanelpuls({"verify", "--data", data}).code, 0);
  const std::string segment = SegmentOf(data);
  std::string bytes = ReadText(segment);
  // A byte of the canonical definition, which stands in the first group.
  const std::size_t place = bytes.find("Europe/Copenhagen");
  ASSERT_NE(place, std::string::npos);
  bytes[place] = 'X';
  WriteText(segment, bytes);
  const Outcome verified = RunPanelpuls({"verify", "--data", data});
  EXPECT_EQ(verified.code, 5) << verified.out << verified.err;
  const Outcome replayed = RunPanelpuls({"replay", "--data", data});
  EXPECT_EQ(replayed.code, 5) << replayed.err;
  EXPECT_THAT(replayed.err, HasSubstr("group 1 at offset 4096 is damaged"));
  const Outcome served = RunPanelpuls(
      {"serve", "--wave", kCasesWave, "--data", data, "--http-port", "0", "--tcp-port", "0"});
  EXPECT_EQ(served.code, 5) << served.err;
}

TEST(TornTail, IsToldByVerifyWithAnExitCodeOfItsOwnAndCutByTheNextStart) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  const std::vector<std::string> verify = {"verify", "--data", data};
  {
    const ServerProcess server({"--wave", kCasesWave, "--data", data});
    EXPECT_EQ(RunPanelpuls(verify).code, 0);
  }
  const std::string segment = SegmentOf(data);
  std::string bytes = ReadText(segment);
  // Behind the last group, where a crash would have left half of the next one.
  bytes[(bytes.find_last_not_of('\0') / 4096 + 1) * 4096] = 'P';
  WriteText(segment, bytes);
  const Outcome torn = RunPanelpuls(verify);
  EXPECT_EQ(torn.code, 6) << torn.out << torn.err;
  EXPECT_THAT(torn.out, HasSubstr(segment + " at offset"));
  EXPECT_THAT(torn.out, HasSubstr("bytes behind group 1 are no whole group"));
  {
    const ServerProcess server({"--wave", kCasesWave, "--data", data});
    EXPECT_THAT(server.start_text(), HasSubstr("torn tail"));
  }
  EXPECT_EQ(RunPanelpuls(verify).code, 0);
}

TEST(JournalsEnd, ThatIsMissingIsRefusedAcceptedAndHeldToAKeptLine) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  const std::vector<std::string> serve = {"serve",       "--wave", kCasesWave,   "--data", data,
                                          "--http-port", "0",      "--tcp-port", "0"};
  {
    ServerProcess server({"--wave", kCasesWave, "--data", data});
    const std::string file = scratch.File("A1.jsonl");
    WriteText(
        file,
        R"({"respondentId":"A1","channel":"eboks","revision":1,"collectedAt":"2025-09-02T10:00:00Z",)"
        R"("answers":[{"question":"revenue","options":["up"]}]})"
        "\n");
    ASSERT_EQ(RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.http(), file}).code, 0);
    EXPECT_EQ(server.Stop(), 0);
  }
  const Outcome verified = RunPanelpuls({"verify", "--data", data});
  EXPECT_EQ(verified.code, 0);
  EXPECT_THAT(verified.out, HasSubstr("partition 0: up to group 2, sha256 "));
  WriteText(scratch.File("kept"), verified.out);
  const std::string line = verified.out.substr(verified.out.rfind("directory "));
  for (const std::string& kept : {scratch.File("kept"), line}) {
    EXPECT_EQ(RunPanelpuls({"verify", "--data", data, "--expect", kept}).code, 0) << kept;
  }
  WriteText(scratch.File("empty"), "");
  for (const std::string& none : {scratch.File("empty"), data + "/panelpuls.key"}) {
    EXPECT_EQ(RunPanelpuls({"verify", "--data", data, "--expect", none}).code, 1) << none;
  }
  const std::string segment = SegmentOf(data);
  std::string bytes = ReadText(segment);
  bytes.replace(8192, 4096, 4096, '\0');  // the response
  WriteText(segment, bytes);
  EXPECT_EQ(RunPanelpuls({"verify", "--data", data}).code, 5);
  const Outcome refused = RunPanelpuls(serve);
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("ends at group 1, but group 2 was durable at"));
  {
    ServerProcess accepted({"--wave", kCasesWave, "--data", data, "--accept-loss"});
    EXPECT_THAT(accepted.start_text(), HasSubstr("LOST, as accepted: "));
    EXPECT_EQ(accepted.Stop(), 0);
  }
  EXPECT_EQ(RunPanelpuls({"verify", "--data", data}).code, 0);
  const Outcome shorter = RunPanelpuls({"verify", "--data", data, "--expect", line});
  EXPECT_EQ(shorter.code, 5);
  EXPECT_THAT(shorter.out, HasSubstr("ends at group 1, and the kept line has group 2"));
}

TEST(EditedDefinition, IsTakenOrRefusedWithTheMend) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  const std::string text = ReadText(kCasesWave);
  {
    ServerProcess server({"--wave", kCasesWave, "--data", data});
  }
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t place = changed.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    changed.replace(place, from.size(), to);
    WriteText(scratch.File("edited.textproto"), changed);
    return scratch.File("edited.textproto");
  };
  {
    ServerProcess server(
        {"--wave", edited("en: \"Trial wave\"", "en: \"A wave on trial\""), "--data", data});
    EXPECT_THAT(server.start_text(), HasSubstr("listening"));
    EXPECT_EQ(server.Stop(), 0);
  }
  const std::string other = edited("channels { code: \"cati\"", "channels { code: \"phone\"");
  const Outcome refused = RunPanelpuls(
      {"serve", "--wave", other, "--data", data, "--http-port", "0", "--tcp-port", "0"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("cati"));
}

TEST(Serve, AnotherServerOnTheSameDirectoryIsRefused) {
  const panelpuls::testing::ScratchDirectory scratch;
  const ServerProcess server({"--wave", kCasesWave, "--data", scratch.File("data")});
  const Outcome second =
      RunPanelpuls({"serve", "--wave", kCasesWave, "--data", scratch.File("data"), "--http-port",
                    "0", "--tcp-port", "0"});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr(scratch.File("data")));
}

TEST(Serve, WhatItMakesIsItsOwnersAloneAndAFolderThatWasThereKeepsItsMode) {
  const panelpuls::testing::ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.File("made-before"));
  std::filesystem::permissions(scratch.File("made-before"), std::filesystem::perms{0755});
  const mode_t before = ::umask(0);
  for (const std::string data : {"data", "made-before"}) {
    ServerProcess server({"--wave", kCasesWave, "--data", scratch.File(data)});
    EXPECT_EQ(server.Stop(), 0);
  }
  ::umask(before);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    const auto mode = static_cast<unsigned>(entry.status().permissions());
    const bool was_there = entry.path().filename() == "made-before";
    EXPECT_EQ(mode, was_there ? 0755u : entry.is_directory() ? 0700u : 0600u) << entry.path();
  }
}

TEST(Serve, MakesNoDirectoryWhereOneIsToBeThere) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string data = scratch.File("data");
  const std::vector<std::string> existing = {"serve", "--wave",      kCasesWave, "--data",
                                             data,    "--http-port", "0",        "--tcp-port",
                                             "0",     "--existing"};
  const Outcome refused = RunPanelpuls(existing);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr(data + ": holds no data directory"));
  EXPECT_FALSE(std::filesystem::exists(data));
  {
    ServerProcess made({"--wave", kCasesWave, "--data", data});
    EXPECT_EQ(made.Stop(), 0);
  }
  ServerProcess found({"--wave", kCasesWave, "--data", data, "--existing"});
  EXPECT_EQ(found.Stop(), 0);
}

TEST(Partitions, HaveOneLimitInEveryCommand) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::vector<std::vector<std::string>> commands = {
      {"serve", "--wave", kCasesWave, "--data", scratch.File("data")},
      {"capacity", "--wave", kCasesWave},
      {"check-wave", kCasesWave}};
  for (std::vector<std::string> command : commands) {
    SCOPED_TRACE(command.front());
    command.insert(command.end(), {"--partitions", "257"});
    const Outcome outcome = RunPanelpuls(command);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("256"));
  }
}

TEST(Serve, ListensOnLoopbackOnly) {
  const panelpuls::testing::ScratchDirectory scratch;
  const Outcome outcome =
      RunPanelpuls({"serve", "--wave", kCasesWave, "--data", scratch.File("data"), "--address",
                    "0.0.0.0", "--http-port", "0", "--tcp-port", "0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("listen on 127.0.0.1 or ::1"));
}

}  // namespace
}  // namespace panelpuls::cli
