#include "base/memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace panelpuls {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kMachine = "MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 700 kB\n";
constexpr const char* kMount2 = "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr const char* kMount1 =
    "29 20 0:25 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    "30 20 0:26 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n";

struct Machine {
  const char* name;
  Files files;
  std::uint64_t available = 0;  // KiB
  std::uint64_t free = 0;
};

class MemoryOf : public ::testing::TestWithParam<Machine> {};

TEST_P(MemoryOf, IsTheLeastThatMachineAndGroupsLeave) {
  const std::filesystem::path root =
      std::filesystem::path(::testing::TempDir()) / (std::string("memory-") + GetParam().name);
  std::filesystem::remove_all(root);
  for (const auto& [name, content] : GetParam().files) {
    std::filesystem::create_directories((root / name).parent_path());
    std::ofstream(root / name) << content;
  }
  const MemoryLeft left = ReadMemoryLeft(root.string());
  EXPECT_EQ(left.available, GetParam().available * 1024);
  EXPECT_EQ(left.free, GetParam().free * 1024);
  std::filesystem::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(
    Machines, MemoryOf,
    ::testing::Values(
        Machine{"Alone", {{"proc/meminfo", kMachine}}, 700, 300},
        Machine{"GroupWithoutLimit",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/a\n"},
                 {"proc/self/mountinfo", kMount2},
                 {"sys/fs/cgroup/a/memory.max", "max\n"},
                 {"sys/fs/cgroup/a/memory.current", "1024\n"}},
                700,
                300},
        Machine{"GroupOfItsOwn",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/\n"},
                 {"proc/self/mountinfo", kMount2},
                 {"sys/fs/cgroup/memory.max", "204800\n"},
                 {"sys/fs/cgroup/memory.current", "102400\n"}},
                100,
                100},
        Machine{"GroupAboveIsTighter",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/a/b/c\n"},
                 {"proc/self/mountinfo", kMount2},
                 {"sys/fs/cgroup/a/b/c/memory.max", "409600\n"},
                 {"sys/fs/cgroup/a/b/c/memory.current", "0\n"},
                 {"sys/fs/cgroup/a/memory.max", "307200\n"},
                 {"sys/fs/cgroup/a/memory.current", "102400\n"}},
                200,
                200},
        Machine{"CachesAreGivenBack",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/a\n"},
                 {"proc/self/mountinfo", kMount2},
                 {"sys/fs/cgroup/a/memory.max", "204800\n"},
                 {"sys/fs/cgroup/a/memory.current", "204800\n"},
                 {"sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 51200\n"}},
                50,
                50},
        Machine{"GroupThatTheMountHides",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/docker/17\n"},
                 {"proc/self/mountinfo",
                  "30 20 0:26 /docker/17 /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"},
                 {"sys/fs/cgroup/memory.max", "102400\n"},
                 {"sys/fs/cgroup/memory.current", "0\n"}},
                100,
                100},
        Machine{"OverItsLimit",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "0::/a\n"},
                 {"proc/self/mountinfo", kMount2},
                 {"sys/fs/cgroup/a/memory.max", "1024\n"},
                 {"sys/fs/cgroup/a/memory.current", "2048\n"}},
                0,
                0},
        Machine{"FirstVersion",
                {{"proc/meminfo", kMachine},
                 {"proc/self/cgroup", "8:cpu:/x\n7:hugetlb,memory:/a/b\n"},
                 {"proc/self/mountinfo", kMount1},
                 {"sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"},
                 {"sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "1024\n"},
                 {"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "409600\n"},
                 {"sys/fs/cgroup/memory/a/memory.usage_in_bytes", "204800\n"},
                 {"sys/fs/cgroup/memory/a/memory.stat", "cache 1\ntotal_inactive_file 102400\n"}},
                300,
                300}),
    [](const auto& info) { return info.param.name; });

TEST(MemoryOfNobody, IsNotSaid) {
  const MemoryLeft left = ReadMemoryLeft("/nowhere");
  EXPECT_FALSE(left.available.has_value());
  EXPECT_FALSE(left.free.has_value());
}

TEST(MemoryOfThisMachine, IsSaid) {
  const MemoryLeft left = ReadMemoryLeft();
  EXPECT_GT(left.available.value_or(0), 0u);
  EXPECT_TRUE(left.free.has_value());
}

}  // namespace
}  // namespace panelpuls
