// `panelpuls push` when the server is away, busy, hostile or slow, and when it is interrupted: what
// it says, what it writes and what it leaves alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "cli/program.h"
#include "client/fake_server.h"
#include "testing/scratch_directory.h"
#include "wire/stream.h"

namespace panelpuls::cli {
namespace {

using panelpuls::testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::Not;
using wave::Result;

const std::string kCasesWave = kSource + "/waves/cases.textproto";
const std::string kHeader =
    "respondent_id,channel,revision,collected_at,status,revenue,employees\n";

std::string Line(const std::string& id, const std::string& revenue = "up") {
  return id + ",eboks,1,2025-09-02T10:00:00+02:00,COMPLETE," + revenue + ",same\n";
}

// An answer to a batch of one response.
std::string Answer(Result result, const std::string& field = {}, const std::string& reason = {}) {
  wave::BatchOutcome outcome;
  outcome.counts[static_cast<std::size_t>(result)] = 1;
  if (result != Result::kAccepted) {
    outcome.Add(wave::RecordKind::kResponse, 0, result,
                {.field = field, .reason = reason, .event_id = {}});
  }
  const std::string body = wire::OutcomeToProtobuf(outcome);
  return "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class BadDay : public ::testing::Test {
 protected:
  std::vector<std::string> Command(const std::string& target,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"push", "--wave",  kCasesWave, "--to",
                                          target, "--batch", "1",        file_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::vector<std::string> FilesThere() const {
    const auto names = PosixFileSystem().List(scratch_.path());
    return names.ok() ? *names : std::vector<std::string>();
  }
  const panelpuls::testing::ScratchDirectory scratch_;
  const std::string file_ = scratch_.File("r.csv");
};

TEST_F(BadDay, AServerThatIsAwayLeavesHalfMendedFilesAlone) {
  std::string target;
  {
    const FakeServer server([](const std::string&) { return std::string(); });
    target = server.url();
  }
  WriteText(file_, kHeader + "A1,eboks,x,,COMPLETE,up,same\n" + Line("A2") + Line("A3"));
  WriteText(file_ + ".rejected.csv", "half mended");
  WriteText(file_ + ".rejected.reasons.txt", "reasons");
  const Outcome outcome = RunPanelpuls(Command(target, {"--give-up-after", "0.5"}));
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_EQ(ReadText(file_ + ".rejected.csv"), "half mended");
  EXPECT_EQ(ReadText(file_ + ".rejected.reasons.txt"), "reasons");
  EXPECT_EQ(FilesThere().size(), 3u);
  EXPECT_THAT(outcome.err, HasSubstr("nothing was sent"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("rejected")));
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:2: not sent: column \"revision\": \"x\" is out of"));
  EXPECT_THAT(outcome.err, HasSubstr("no server saw them, and no file of them was written"));
  EXPECT_THAT(outcome.err, HasSubstr("waiting for " + target + ": connecting: "));
  EXPECT_THAT(outcome.err, HasSubstr("; gives up in 1 s"));
  EXPECT_THAT(outcome.err, HasSubstr("gave up after 0.5 s"));
}

TEST_F(BadDay, ASecondPushWritesASecondFile) {
  const FakeServer server([](const std::string&) { return Answer(Result::kRejected, "", "no"); });
  WriteText(file_, kHeader + Line("A1"));
  for (const char* name : {".rejected", ".rejected-2", ".rejected-3"}) {
    const Outcome outcome = RunPanelpuls(Command(server.url()));
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("mend them in " + file_ + name + ".csv and push that file"));
    EXPECT_EQ(ReadText(file_ + name + ".csv"), kHeader + Line("A1"));
    EXPECT_EQ(ReadText(file_ + name + ".reasons.txt"), file_ + ":2: no\n");
  }
}

TEST_F(BadDay, ABusyServerIsNamedWhileItIsWaitedFor) {
  const FakeServer server([](const std::string&) {
    return "HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\ndisk full";
  });
  WriteText(file_, kHeader + Line("A1"));
  const Outcome outcome = RunPanelpuls(Command(server.url(), {"--give-up-after", "1"}));
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("waiting for " + server.url() + ": HTTP 503 Busy: disk full;"));
  // The tries are many, the line is not.
  EXPECT_EQ(outcome.err.find("waiting"), outcome.err.rfind("waiting")) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 record sent, 1 without a result"));
}

class Interrupted : public BadDay, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(By, Interrupted, ::testing::Values(SIGINT, SIGTERM),
                         [](const auto& row) { return row.param == SIGINT ? "CtrlC" : "Sigterm"; });

TEST_P(Interrupted, ItSaysHowFarItCameAndPutsAsideWhatWasRejected) {
  std::atomic<int> requests{0};
  std::atomic<bool> over{false};
  FakeServer server([&](const std::string&) {
    switch (++requests) {
      case 1:
        return Answer(Result::kAccepted);
      case 2:
        return Answer(Result::kRejected, "answers[0].options[0]", "no");
      default:
        while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return std::string();
    }
  });
  WriteText(file_, kHeader + Line("A1") + Line("A2", "upp") + Line("A3") + Line("A4"));
  RunningProgram push(Command(server.url()));
  while (requests < 3) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  push.Send(GetParam());
  const Outcome outcome = push.Wait();
  over = true;
  EXPECT_EQ(outcome.code, 128 + GetParam()) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("3 records sent, 1 accepted, 1 rejected, 1 without a result"));
  EXPECT_THAT(outcome.err, HasSubstr("r.csv: stopped behind line 4; push it again"));
  EXPECT_THAT(outcome.err, HasSubstr(GetParam() == SIGINT ? "by SIGINT" : "by SIGTERM"));
  EXPECT_EQ(ReadText(file_ + ".rejected.csv"), kHeader + Line("A2", "upp"));
  EXPECT_EQ(ReadText(file_ + ".rejected.reasons.txt"), file_ + ":3: column \"revenue\": no\n");
}

TEST_P(Interrupted, WhileItWaitsForAServerThatIsAway) {
  std::string target;
  {
    const FakeServer server([](const std::string&) { return std::string(); });
    target = "tcp" + server.url().substr(4);
  }
  WriteText(file_, kHeader + Line("A1"));
  RunningProgram push(Command(target));
  ASSERT_TRUE(push.WaitForErr("waiting for " + target));
  push.Send(GetParam());
  const Outcome outcome = push.Wait();
  EXPECT_EQ(outcome.code, 128 + GetParam()) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("nothing was sent"));
}

TEST_F(BadDay, AServersTextsForgeNoLineAndMoveNoCursor) {
  const std::string evil =
      "no\npanelpuls: 3 records sent, 3 accepted\r\x1b[2J\xc2\x9b"
      "31m" +
      std::string("\xe2\x80\xae") + std::string(3 << 20, 'x');
  const FakeServer server(
      [&](const std::string&) { return Answer(Result::kRejected, evil, evil); });
  const std::string odd = scratch_.File("a\x1b[31m\nb.csv");
  WriteText(odd, kHeader + Line("A1\x1b]0;x\x07") + Line("A2"));
  const Outcome outcome =
      RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.url(), "--batch", "1", odd});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  for (const std::string& line : Lines(outcome.err)) {
    EXPECT_TRUE(line.starts_with("panelpuls: ")) << line;
    EXPECT_FALSE(line.starts_with("panelpuls: 3 records")) << line;
    EXPECT_LT(line.size(), 1200u);
  }
  const std::string reasons = ReadText(odd + ".rejected.reasons.txt");
  EXPECT_EQ(Lines(reasons).size(), 2u) << reasons;
  for (const std::string& text : {outcome.err, reasons}) {
    for (const char* sequence : {"\x1b", "\r", "\xc2\x9b", "\xe2\x80\xae", "\x07"}) {
      EXPECT_EQ(text.find(sequence), std::string::npos) << text;
    }
  }
}

TEST_F(BadDay, AllReasonsAreCountedAndColumnsNamedAsTheFileHasThem) {
  const std::string data = scratch_.File("data");
  const ServerProcess server({"--wave", kCasesWave, "--data", data});
  const std::string book = scratch_.File("book");
  WriteText(book,
            "column respondent_id = Nr.\ncolumn revenue = \"Q 1\"\nvalue revenue up = 1\n"
            "column collected_at = Date\n");
  std::string text = "Nr.,channel,Date,Q 1,employees\n";
  for (int i = 0; i < 30; ++i)
    text += "A" + std::to_string(i) + ",cati,2025-09-02T10:00:00Z,9,same\n";
  text +=
      "B1,cati,2025-09-02T10:00:00Z,1,many\nB2,cati,yesterday,1,same\nB3,post,2025-09-02T10:00:00Z,"
      "1,same\n";
  WriteText(file_, text);
  const Outcome outcome =
      RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.tcp(), "--codebook", book, file_});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("r.csv:2: column \"Q 1\": '9' is no option of question"));
  EXPECT_THAT(outcome.err, HasSubstr("30 lines, the first 2: column \"Q 1\": '9' is no option"));
  EXPECT_THAT(outcome.err, HasSubstr("1 line, the first 32: column \"employees\": 'many' is no"));
  EXPECT_THAT(outcome.err, HasSubstr("1 line, the first 33: not sent: column \"Date\": "));
  EXPECT_THAT(outcome.err, HasSubstr("1 line, the first 34: column \"channel\": 'post' is no"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("r.csv:20:")));
  EXPECT_THAT(outcome.err, HasSubstr("32 rejected by the server, 1 not sent; mend them in"));
}

TEST_F(BadDay, JsonLinesAreNamedByTheirFields) {
  const FakeServer server([](const std::string&) {
    return Answer(Result::kRejected, "answers[0].options[0]", "no such option");
  });
  const std::string file = scratch_.File("r.jsonl");
  WriteText(
      file,
      R"({"respondentId":"A1","channel":"cati","answers":[{"question":"revenue","options":["x"]}]})"
      "\n");
  const Outcome outcome = RunPanelpuls({"push", "--wave", kCasesWave, "--to", server.url(), file});
  EXPECT_THAT(outcome.err, HasSubstr("r.jsonl:1: answers[0].options[0]: no such option"));
}

TEST_F(BadDay, AFileThatCannotBeReadIsNoServerThatIsAway) {
  const FakeServer server([](const std::string&) { return Answer(Result::kAccepted); });
  ASSERT_TRUE(PosixFileSystem().CreateDirectories(file_).ok());
  const Outcome outcome = RunPanelpuls(Command(server.url()));
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("nothing was sent"));
}

}  // namespace
}  // namespace panelpuls::cli
