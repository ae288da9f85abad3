// A file of the simulated file system: what readers see, what is on disk, what lies between.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/simulated_file_system.h"

namespace panelpuls::testing {

struct SimulatedFileSystem::Node {
  // A write of data at offset; without data a change of the size to offset.
  struct Change {
    std::uint64_t offset = 0;
    std::optional<std::string> data;
  };
  std::string bytes;    // what a reader sees
  std::string durable;  // what is on disk for sure
  std::vector<Change> unsynced;
  unsigned permissions = kOwnersFile;

  void Make(Change change) {
    Apply(bytes, change);
    unsynced.push_back(std::move(change));
  }
  void Sync() {
    for (const Change& change : unsynced) Apply(durable, change);
    unsynced.clear();
  }
  static void Put(std::string& target, std::uint64_t offset, std::string_view data) {
    if (target.size() < offset + data.size()) target.resize(offset + data.size());
    std::memcpy(target.data() + offset, data.data(), data.size());
  }
  static void Apply(std::string& target, const Change& change) {
    if (change.data.has_value()) {
      Put(target, change.offset, *change.data);
    } else {
      target.resize(change.offset);
    }
  }
};

}  // namespace panelpuls::testing
