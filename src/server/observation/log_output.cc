#include "server/observation/log_output.h"

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/patient_write.h"

namespace panelpuls::server {
namespace {

// A line of so many bytes goes into a pipe whole or not at all.
constexpr std::size_t kMostBytes = 4096;
constexpr std::chrono::milliseconds kNoPatience{0};

// pairs-with: LogLinesLeftOut (relaxed): it is a count and orders nothing.
std::atomic<std::uint64_t> lines_left_out{0};

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(int descriptor) : descriptor_(descriptor) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::string line(text.data(), std::min(text.size(), kMostBytes - 1));
    if (!line.ends_with('\n')) line += '\n';
    if (left_out_ > 0 && Write(fmt::format("{} lines of the log were left out: there was no room "
                                           "for them\n",
                                           left_out_))) {
      left_out_ = 0;
    }
    if (left_out_ > 0 || !Write(line)) {
      ++left_out_;
      lines_left_out.fetch_add(1, std::memory_order_relaxed);
    }
  }
  void flush_() override {}

  bool Write(std::string_view text) const { return WriteWithin(descriptor_, text, kNoPatience); }

  const int descriptor_;
  std::uint64_t left_out_ = 0;  // since the last line that found room
};

}  // namespace

void LogTo(int descriptor) {
  auto log = std::make_shared<spdlog::logger>("", std::make_shared<StderrSink>(descriptor));
  log->set_level(spdlog::default_logger()->level());
  spdlog::set_default_logger(std::move(log));
}

void LogToStderr() { LogTo(STDERR_FILENO); }

std::uint64_t LogLinesLeftOut() { return lines_left_out.load(std::memory_order_relaxed); }

}  // namespace panelpuls::server
