#include "base/memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace panelpuls {
namespace {

// What a version of control groups names its files.
struct Version {
  std::string_view filesystem;
  const char* limit;
  const char* used;
  const char* reclaimable;  // a line of memory.stat
};
constexpr Version kVersion1{"cgroup", "memory.limit_in_bytes", "memory.usage_in_bytes",
                            "total_inactive_file"};
constexpr Version kVersion2{"cgroup2", "memory.max", "memory.current", "inactive_file"};

// The number behind `name` at the begin of a line; an empty name: the first line's.
std::optional<std::uint64_t> NumberIn(const std::string& path, std::string_view name) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    if (!name.empty() && (!(words >> word) || word != name)) continue;
    std::uint64_t number = 0;
    if (words >> word) {
      const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
      if (read.ec == std::errc() && read.ptr == word.data() + word.size()) return number;
    }
    return std::nullopt;  // such as "max": no limit
  }
  return std::nullopt;
}

bool Lists(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == item) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// The process's group of that version, as /proc/self/cgroup has it: "0::/a/b", "7:cpu,memory:/a".
std::optional<std::string> GroupOf(const std::string& root, const Version& version) {
  std::ifstream lines(root + "/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    const bool is_it = version.filesystem == kVersion2.filesystem ? controllers.empty()
                                                                  : Lists(controllers, "memory");
    if (is_it) return line.substr(second + 1);
  }
  return std::nullopt;
}

struct Mount {
  std::string group;  // that it shows at its top
  std::string path;
};

// Where that version's memory groups are mounted, by /proc/self/mountinfo (proc(5)).
std::optional<Mount> MountOf(const std::string& root, const Version& version) {
  std::ifstream lines(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skipped;
    Mount mount;
    words >> skipped >> skipped >> skipped >> mount.group >> mount.path;
    while (words >> skipped && skipped != "-") {
    }
    std::string filesystem;
    std::string options;
    words >> filesystem >> skipped >> options;
    if (filesystem != version.filesystem) continue;
    if (filesystem == kVersion1.filesystem && !Lists(options, "memory")) continue;
    return mount;
  }
  return std::nullopt;
}

// The folders of the group and of those above it that can be seen.
std::vector<std::string> FoldersOf(const std::string& root, const Mount& mount, std::string group) {
  if (mount.group != "/") {
    // Inside a container the mount's top may be the group itself, or one above it.
    group = group.starts_with(mount.group) ? group.substr(mount.group.size()) : "";
  }
  std::vector<std::string> folders;
  for (;;) {
    folders.push_back(root + mount.path + (group == "/" ? "" : group));
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos || group == "/") return folders;
    group.resize(slash);
  }
}

std::optional<std::uint64_t> LeftByGroups(const std::string& root, const Version& version) {
  const auto group = GroupOf(root, version);
  const auto mount = MountOf(root, version);
  if (!group.has_value() || !mount.has_value()) return std::nullopt;
  std::optional<std::uint64_t> least;
  for (const std::string& folder : FoldersOf(root, *mount, *group)) {
    const auto limit = NumberIn(folder + "/" + version.limit, "");
    const auto used = NumberIn(folder + "/" + version.used, "");
    if (!limit.has_value() || !used.has_value()) continue;
    const std::uint64_t cache = NumberIn(folder + "/memory.stat", version.reclaimable).value_or(0);
    const std::uint64_t held = *used - std::min(cache, *used);
    const std::uint64_t left = *limit - std::min(held, *limit);
    least = std::min(least.value_or(left), left);
  }
  return least;
}

void Limit(std::optional<std::uint64_t>& bytes, const std::optional<std::uint64_t>& most) {
  if (most.has_value()) bytes = std::min(bytes.value_or(*most), *most);
}

}  // namespace

MemoryLeft ReadMemoryLeft(const std::string& root) {
  constexpr std::uint64_t kBytesOfUnit = 1024;
  MemoryLeft left{.available = NumberIn(root + "/proc/meminfo", "MemAvailable:"),
                  .free = NumberIn(root + "/proc/meminfo", "MemFree:")};
  for (auto* bytes : {&left.available, &left.free}) {
    if (bytes->has_value()) **bytes *= kBytesOfUnit;
  }
  for (const Version& version : {kVersion1, kVersion2}) {
    const auto by_groups = LeftByGroups(root, version);
    Limit(left.available, by_groups);
    Limit(left.free, by_groups);
  }
  return left;
}

}  // namespace panelpuls
