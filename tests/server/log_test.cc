// What a log shows of strangers' text: a line each, escaped and cut. A program of its own, since a
// kind of line is said once in ten seconds.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "server/observation/log.h"
#include "server/raw_connection.h"
#include "server/running_server.h"
#include "wire/stream.h"

namespace panelpuls::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Takes the process's log as long as it lives.
class CapturedLog {
 public:
  CapturedLog() : before_(spdlog::default_logger()) {
    auto log = std::make_shared<spdlog::logger>(
        "", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true));
    log->set_pattern("%v");
    log->set_level(spdlog::level::warn);
    spdlog::set_default_logger(std::move(log));
  }
  ~CapturedLog() { spdlog::set_default_logger(before_); }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::istringstream text(text_.str());
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream text_;
};

MATCHER(IsPlain, "") {
  for (const char c : arg) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return arg.find("\u202E") == std::string::npos && arg.find("\xC2\x9B") == std::string::npos;
}

// An escape sequence, a forged line, an override, a C1 control, a byte that is not UTF-8.
const std::string kHostile =
    "\x1B[2J\n[error] forged \u202Etxt\xC2\x9B"
    "31m\xFF";

TEST(Log, ShowsTextOfOthersOnOneLineEscapedAndCut) {
  const CapturedLog log;
  server::WarnSeldom("of one test alone", kHostile + std::string(3'000'000, 'x'));
  server::LogError("of one test", kHostile);
  const auto lines = log.lines();
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], AllOf(IsPlain(), HasSubstr("\\x1B[2J\\x0A[error] forged \\u{202E}"),
                              HasSubstr("\\u{009B}31m\\xFF")));
  EXPECT_LT(lines[0].size(), 1200u);
  EXPECT_THAT(lines[1], IsPlain());
}

// What a peer says reaches the log as a server runs.
TEST(Log, OfARunningServerQuotesPeersOnOneShortLine) {
  RunningServer server;
  const CapturedLog log;
  const std::string id = "0101701234-" + std::string(3000, 'x');
  RawConnection stream(server.tcp_port());
  std::string hello;
  wire::AppendHello({.wave = "\x1B[2J\nforged \u202E" + id, .token = {}, .client = {}}, hello);
  ASSERT_TRUE(stream.Send(hello));
  while (!stream.closed() && stream.ReadMore()) {
  }
  // The answer is as short.
  EXPECT_THAT(stream.buffer(), AllOf(HasSubstr("\\x0Aforged"), Not(HasSubstr("xxxxxxxxxx"))));

  const std::string body = R"({"wave": "\u001b[2J\nforged )" + id + R"(", "responses": []})";
  const HttpAnswer answer = PostJson(server.http_port(), body);
  EXPECT_GE(answer.status, 400u);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("forged"), Not(HasSubstr("xxxxxxxxxx"))));

  const auto lines = log.lines();
  ASSERT_THAT(lines, SizeIs(2));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, AllOf(IsPlain(), HasSubstr("forged"), Not(HasSubstr("xxxxxxxxxx"))));
    EXPECT_LT(line.size(), 200u);
  }
}

}  // namespace
}  // namespace panelpuls::testing
