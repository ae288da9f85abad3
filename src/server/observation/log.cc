#include "server/observation/log.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/printable.h"

namespace panelpuls::server {
namespace {

constexpr std::chrono::seconds kPause{10};

struct Said {
  std::chrono::steady_clock::time_point last{};
  std::uint64_t left_out = 0;
};

}  // namespace

void LogError(std::string_view kind, std::string_view text) {
  spdlog::error("{}: {}", kind, Printable(text, kMostLineBytes));
}

void WarnSeldom(std::string_view kind, std::string_view text) {
  static std::mutex mutex;
  static std::map<std::string, Said, std::less<>> said_by_kind;
  std::uint64_t left_out = 0;
  {
    std::lock_guard lock(mutex);
    auto found = said_by_kind.find(kind);
    const auto now = std::chrono::steady_clock::now();
    if (found == said_by_kind.end()) {
      found = said_by_kind.emplace(kind, Said{}).first;
    } else if (now - found->second.last < kPause) {
      ++found->second.left_out;
      return;
    }
    left_out = found->second.left_out;
    found->second = {now, 0};
  }
  const std::string shown = Printable(text, kMostLineBytes);
  if (left_out > 0) {
    spdlog::warn("{}: {} ({} more of this kind since the last line)", kind, shown, left_out);
  } else {
    spdlog::warn("{}: {}", kind, shown);
  }
}

}  // namespace panelpuls::server
