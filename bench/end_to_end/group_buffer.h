// The group that gathers while the one before it is written: the null sink's io thread puts batches
// in as they come, its writer takes all of them at once, as engine/partition.cc does.
// Threads  TryPut, Close: one io thread; Take: one writer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"

namespace panelpuls::bench {

// A batch in a group: whom to tell when it is durable. Sender: a session.
template <typename Sender>
struct GroupEntry {
  Sender* sender = nullptr;
  std::uint64_t sequence = 0;
};

template <typename Sender>
struct Group {
  BlockBytes bytes;
  std::vector<GroupEntry<Sender>> entries;
};

template <typename Sender>
class GroupBuffer {
 public:
  // A group holds at most max_bytes, and any one batch.
  explicit GroupBuffer(std::size_t max_bytes) : max_bytes_(max_bytes) {
    filling_.bytes.reserve(max_bytes);
  }

  // False: the group is full; Take will have made room.
  bool TryPut(Sender* sender, std::uint64_t sequence, std::string_view batch) {
    {
      std::lock_guard lock(mutex_);
      BlockBytes& bytes = filling_.bytes;
      if (!bytes.empty() && bytes.size() + batch.size() > max_bytes_) return false;
      const auto* const begin = reinterpret_cast<const std::byte*>(batch.data());
      bytes.insert(bytes.end(), begin, begin + batch.size());
      filling_.entries.push_back({sender, sequence});
    }
    ready_.notify_one();
    return true;
  }

  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_one();
  }

  // Swaps what has gathered into `group` (cleared first), waiting for it. False: closed and empty.
  bool Take(Group<Sender>& group) {
    group.bytes.clear();
    group.entries.clear();
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return closed_ || !filling_.entries.empty(); });
    std::swap(group, filling_);
    if (filling_.bytes.capacity() < max_bytes_) filling_.bytes.reserve(max_bytes_);
    return !group.entries.empty();
  }

 private:
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable ready_;
  Group<Sender> filling_;
  bool closed_ = false;
};

}  // namespace panelpuls::bench
