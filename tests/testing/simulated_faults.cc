// What tests do to the simulated file system.
#include <algorithm>

#include "testing/simulated_file_system.h"
#include "testing/simulated_node.h"

namespace panelpuls::testing {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

}  // namespace

// Of each unsynced write keeps all, nothing, or some sectors; nothing is unsynced afterwards.
void SimulatedFileSystem::ForgetBytes(Node& node) {
  for (const Node::Change& change : node.unsynced) {
    const std::uint64_t fate = Below(3);
    if (fate == 0) continue;
    if (fate == 1 || !change.data.has_value()) {
      Node::Apply(node.durable, change);
      continue;
    }
    const std::string_view data = *change.data;
    for (std::uint64_t at = 0; at < data.size();) {
      const std::uint64_t sector_end =
          (change.offset + at) / kSectorBytes * kSectorBytes + kSectorBytes - change.offset;
      const std::uint64_t end = std::min<std::uint64_t>(data.size(), sector_end);
      if (Coin()) Node::Put(node.durable, change.offset + at, data.substr(at, end - at));
      at = end;
    }
  }
  node.unsynced.clear();
}

void SimulatedFileSystem::Crash() {
  std::lock_guard lock(mutex_);
  ++life_;
  fail_at_ = 0;
  locks_.clear();
  Names survived = durable_names_;
  for (const std::string& path : touched_names_) {
    if (!Coin()) continue;
    if (const NodePointer node = Find(path); node != nullptr) {
      survived[path] = node;
    } else {
      survived.erase(path);
    }
  }
  touched_names_.clear();
  std::set<Node*> seen;
  for (const auto& [path, node] : survived) {
    if (!seen.insert(node.get()).second) continue;
    ForgetBytes(*node);
    node->bytes = node->durable;
  }
  names_ = survived;
  durable_names_ = std::move(survived);
}

void SimulatedFileSystem::KillProcess() {
  std::lock_guard lock(mutex_);
  ++life_;
  fail_at_ = 0;
  locks_.clear();
}

void SimulatedFileSystem::FailCall(std::uint64_t n, absl::StatusCode code, std::uint64_t times) {
  std::lock_guard lock(mutex_);
  PP_CHECK(n >= 1 && code != absl::StatusCode::kOk);
  fail_at_ = calls_.all + n;
  fail_times_ = times;
  fail_code_ = code;
  failure_fired_ = false;
}

bool SimulatedFileSystem::failure_fired() const {
  std::lock_guard lock(mutex_);
  return failure_fired_;
}

void SimulatedFileSystem::StopFailing() {
  std::lock_guard lock(mutex_);
  fail_at_ = 0;
}

void SimulatedFileSystem::SetCapacityBytes(std::optional<std::uint64_t> bytes) {
  std::lock_guard lock(mutex_);
  capacity_bytes_ = bytes;
}

void SimulatedFileSystem::FillDirectory(const std::string& directory) {
  std::lock_guard lock(mutex_);
  full_directory_ = directory.empty() ? "" : directory + "/";
}

void SimulatedFileSystem::SetOutOfDescriptors(bool out) {
  std::lock_guard lock(mutex_);
  out_of_descriptors_ = out;
}

void SimulatedFileSystem::FlipBit(const std::string& path, std::uint64_t offset, unsigned bit) {
  std::lock_guard lock(mutex_);
  const NodePointer node = Find(path);
  PP_CHECK(node != nullptr && offset < node->bytes.size() && bit < 8);
  const auto flip = [&](std::string& bytes) {
    if (offset < bytes.size()) bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << bit));
  };
  flip(node->bytes);
  flip(node->durable);
  for (Node::Change& change : node->unsynced) {
    const std::uint64_t begin = change.offset;
    if (!change.data.has_value() || offset < begin || offset >= begin + change.data->size())
      continue;
    char& byte = (*change.data)[offset - begin];
    byte = static_cast<char>(byte ^ (1 << bit));
  }
}

void SimulatedFileSystem::PutFile(const std::string& path, std::string_view content) {
  std::lock_guard lock(mutex_);
  const std::size_t slash = path.rfind('/');
  for (std::size_t end = slash; end != std::string::npos && end != 0;
       end = path.rfind('/', end - 1)) {
    directories_.insert(path.substr(0, end));
  }
  const auto node = std::make_shared<Node>();
  node->bytes = node->durable = std::string(content);
  names_[path] = durable_names_[path] = node;
  touched_names_.erase(path);
}

std::string SimulatedFileSystem::FileContent(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const NodePointer node = Find(path);
  PP_CHECK(node != nullptr);
  return node->bytes;
}

bool SimulatedFileSystem::Exists(const std::string& path) const {
  std::lock_guard lock(mutex_);
  return Find(path) != nullptr;
}

void SimulatedFileSystem::LoseFile(const std::string& path) {
  std::lock_guard lock(mutex_);
  PP_CHECK(names_.erase(path) == 1);
  durable_names_.erase(path);
  touched_names_.erase(path);
}

void SimulatedFileSystem::HoldDataSyncs() {
  std::lock_guard lock(mutex_);
  hold_syncs_ = true;
}

void SimulatedFileSystem::WaitForHeldSync() {
  std::unique_lock lock(mutex_);
  sync_changed_.wait(lock, [this] { return held_syncs_ > 0; });
}

void SimulatedFileSystem::ReleaseDataSyncs() {
  std::lock_guard lock(mutex_);
  hold_syncs_ = false;
  sync_changed_.notify_all();
}

void SimulatedFileSystem::IgnoreDataSyncs(bool ignore) {
  std::lock_guard lock(mutex_);
  ignore_syncs_ = ignore;
}

SimulatedFileSystem::Calls SimulatedFileSystem::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

}  // namespace panelpuls::testing
