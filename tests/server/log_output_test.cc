// The log and who reads it: a reader that stops holds nobody up, and hears later what it missed.
#include "server/observation/log_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "base/patient_write.h"

namespace panelpuls::testing {
namespace {

using ::testing::HasSubstr;

class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  std::string ReadAll() {
    std::string text;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(ends_[0], piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  std::array<int, 2> ends_{};
};

// Puts the log back as it was.
class KeptLog {
 public:
  KeptLog() : kept_(spdlog::default_logger()), level_(kept_->level()) {}
  ~KeptLog() {
    spdlog::set_default_logger(kept_);
    spdlog::set_level(level_);
  }
  KeptLog(const KeptLog&) = delete;
  KeptLog& operator=(const KeptLog&) = delete;

 private:
  const std::shared_ptr<spdlog::logger> kept_;
  const spdlog::level::level_enum level_;
};

TEST(LogOutput, AFullPipeHoldsNobodyUpAndTheNextLineSaysWhatIsMissing) {
  const KeptLog kept;
  Pipe pipe;
  server::LogTo(pipe.writer());
  spdlog::set_level(spdlog::level::info);
  const std::uint64_t before = server::LogLinesLeftOut();
  for (int i = 0; i < 5000; ++i) spdlog::warn("line {} {}", i, std::string(100, 'x'));
  const std::uint64_t left_out = server::LogLinesLeftOut() - before;
  EXPECT_GT(left_out, 0u);
  EXPECT_THAT(pipe.ReadAll(), HasSubstr("line 0 "));
  spdlog::warn("and then");
  const std::string after = pipe.ReadAll();
  EXPECT_THAT(after, HasSubstr(fmt::format("{} lines of the log were left out", left_out)));
  EXPECT_THAT(after, HasSubstr("and then"));
  EXPECT_EQ(server::LogLinesLeftOut() - before, left_out);
  spdlog::warn("{}", std::string(100'000, 'y'));
  EXPECT_LE(pipe.ReadAll().size(), 4096u);
}

TEST(PatientWrite, WaitsForItsReaderSoLongAndNotLonger) {
  Pipe pipe;
  const std::string much(1u << 20, 'z');
  EXPECT_FALSE(WriteWithin(pipe.writer(), much, std::chrono::milliseconds(10)));
  EXPECT_FALSE(WriteWithin(pipe.writer(), "a", std::chrono::milliseconds(0)));
  EXPECT_GT(pipe.ReadAll().size(), 0u);
  EXPECT_TRUE(WriteWithin(pipe.writer(), "a", std::chrono::milliseconds(0)));
  EXPECT_EQ(pipe.ReadAll(), "a");
  EXPECT_FALSE(WriteWithin(-1, "a", std::chrono::milliseconds(10)));
}

}  // namespace
}  // namespace panelpuls::testing
