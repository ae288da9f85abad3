#include "journal/group_pipe.h"

#include <mutex>
#include <utility>

namespace panelpuls::journal {

// One is being filled and one visited beside those.
GroupPipe::GroupPipe() : empty_(kChunks - 2) {}

bool GroupPipe::Put(const GroupView& group) {
  filling_.groups.push_back(
      {.info = group.info, .begin = filling_.payloads.size(), .size = group.payload.size()});
  filling_.payloads.insert(filling_.payloads.end(), group.payload.begin(), group.payload.end());
  return filling_.payloads.size() < kChunkBytes || HandOver();
}

// False: a visit has failed.
bool GroupPipe::HandOver() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return failed_ || !empty_.empty(); });
  if (failed_) return false;
  full_.push_back(std::exchange(filling_, std::move(empty_.back())));
  empty_.pop_back();
  lock.unlock();
  changed_.notify_one();
  return true;
}

void GroupPipe::End() {
  if (!filling_.groups.empty()) HandOver();
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
}

// Takes the next chunk in exchange for the one that was visited; false: there is none.
bool GroupPipe::Next() {
  visiting_.payloads.clear();
  visiting_.groups.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || !full_.empty(); });
  if (full_.empty()) return false;
  empty_.push_back(std::exchange(visiting_, std::move(full_.front())));
  full_.pop_front();
  lock.unlock();
  changed_.notify_one();
  return true;
}

absl::Status GroupPipe::VisitChunk(const GroupVisitor& visit) const {
  const std::span<const std::byte> payloads(visiting_.payloads);
  for (const Chunk::Place& group : visiting_.groups) {
    PP_RETURN_IF_ERROR(
        visit({.info = group.info, .payload = payloads.subspan(group.begin, group.size)}));
  }
  return absl::OkStatus();
}

absl::Status GroupPipe::VisitAll(const GroupVisitor& visit) {
  while (Next()) {
    const absl::Status status = VisitChunk(visit);
    if (status.ok()) continue;
    {
      std::lock_guard lock(mutex_);
      failed_ = true;
    }
    changed_.notify_one();
    return status;
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::journal
