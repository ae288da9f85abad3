// Memory that this process may still take: what the machine has left, or what its control groups
// leave it where that is less. Groups of both versions, up to the top of the tree.
// Units    bytes.
// Threads  any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace panelpuls {

struct MemoryLeft {
  // With what the system takes back from caches when it is asked for it.
  std::optional<std::uint64_t> available;
  // That nothing holds, not even a cache.
  std::optional<std::uint64_t> free;
};

// None: the system does not say. `root`: before /proc and the groups' mounts, for tests.
MemoryLeft ReadMemoryLeft(const std::string& root = "");

}  // namespace panelpuls
