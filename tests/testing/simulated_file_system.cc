#include "testing/simulated_file_system.h"

#include <algorithm>
#include <cstring>

#include "testing/simulated_node.h"

namespace panelpuls::testing {
namespace {

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

class SimulatedFileSystem::OpenFile final : public File {
 public:
  OpenFile(SimulatedFileSystem& files, NodePointer node, std::string path, bool writable)
      : files_(files),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable),
        life_(files.life_) {}

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> bytes) override {
    std::lock_guard lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckAlive());
    PP_RETURN_IF_ERROR(files_.Enter(&Calls::reads, "read", path_));
    if (offset >= node_->bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(bytes.size(), node_->bytes.size() - offset);
    std::memcpy(bytes.data(), node_->bytes.data() + offset, count);
    return count;
  }

  absl::Status WriteAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::lock_guard lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckWritable());
    std::string data(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (absl::Status failed = files_.Enter(&Calls::writes, "write", path_); !failed.ok()) {
      data.resize(files_.Below(data.size() + 1));
      if (!data.empty()) node_->Make({.offset = offset, .data = std::move(data)});
      return failed;
    }
    PP_RETURN_IF_ERROR(files_.Grow(*node_, offset + data.size(), path_));
    node_->Make({.offset = offset, .data = std::move(data)});
    return absl::OkStatus();
  }

  absl::Status DataSync() override {
    std::unique_lock lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckWritable());
    while (files_.hold_syncs_) {
      ++files_.held_syncs_;
      files_.sync_changed_.notify_all();
      files_.sync_changed_.wait(lock);
      --files_.held_syncs_;
    }
    PP_RETURN_IF_ERROR(CheckWritable());
    if (absl::Status failed = files_.Enter(&Calls::data_syncs, "sync", path_); !failed.ok()) {
      files_.ForgetBytes(*node_);
      return failed;
    }
    if (!files_.ignore_syncs_) node_->Sync();
    return absl::OkStatus();
  }

  absl::Status Preallocate(std::uint64_t size) override {
    std::lock_guard lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckWritable());
    PP_RETURN_IF_ERROR(files_.Enter(&Calls::preallocations, "allocate room in", path_));
    if (size <= node_->bytes.size()) return absl::OkStatus();
    PP_RETURN_IF_ERROR(files_.Grow(*node_, size, path_));
    node_->Make({.offset = size, .data = std::nullopt});
    return absl::OkStatus();
  }

  absl::Status Truncate(std::uint64_t size) override {
    std::lock_guard lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckWritable());
    PP_RETURN_IF_ERROR(files_.Enter(&Calls::writes, "truncate", path_));
    PP_RETURN_IF_ERROR(files_.Grow(*node_, size, path_));
    node_->Make({.offset = size, .data = std::nullopt});
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Size() override {
    std::lock_guard lock(files_.mutex_);
    PP_RETURN_IF_ERROR(CheckAlive());
    PP_RETURN_IF_ERROR(files_.Enter(nullptr, "stat", path_));
    return node_->bytes.size();
  }

 private:
  absl::Status CheckAlive() const {
    if (life_ == files_.life_) return absl::OkStatus();
    return Unavailable("{} was open when the process ended", path_);
  }
  absl::Status CheckWritable() const {
    if (!writable_) return Unavailable("{} is open for reading only", path_);
    return CheckAlive();
  }

  SimulatedFileSystem& files_;
  NodePointer node_;
  std::string path_;
  bool writable_;
  std::uint64_t life_;
};

class SimulatedFileSystem::HeldLock final : public DirectoryLock {
 public:
  HeldLock(SimulatedFileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)), life_(files.life_) {}
  ~HeldLock() override {
    std::lock_guard lock(files_.mutex_);
    if (life_ == files_.life_) files_.locks_.erase(directory_);
  }

 private:
  SimulatedFileSystem& files_;
  std::string directory_;
  std::uint64_t life_;
};

class SimulatedFileSystem::OpenFolder final : public Directory {
 public:
  OpenFolder(SimulatedFileSystem& files, std::string path)
      : files_(files), path_(std::move(path)), life_(files.life_) {}

  absl::Status Sync() override {
    std::lock_guard lock(files_.mutex_);
    if (life_ != files_.life_) return Unavailable("{} was open when the process ended", path_);
    return files_.SyncNames(path_);
  }

 private:
  SimulatedFileSystem& files_;
  std::string path_;
  std::uint64_t life_;
};

SimulatedFileSystem::SimulatedFileSystem(std::uint64_t seed)
    : random_(seed), directories_{".", "/"} {}
SimulatedFileSystem::~SimulatedFileSystem() = default;

// Counts a call and decides whether it is the one to fail.
absl::Status SimulatedFileSystem::Enter(std::uint64_t Calls::* kind, std::string_view what,
                                        const std::string& path) {
  ++calls_.all;
  if (kind != nullptr) ++(calls_.*kind);
  if (fail_at_ == 0 || calls_.all < fail_at_ || calls_.all - fail_at_ >= fail_times_) {
    return absl::OkStatus();
  }
  failure_fired_ = true;
  return absl::Status(fail_code_,
                      ToAbsl(fmt::format("cannot {} {}: failed on purpose", what, path)));
}

absl::Status SimulatedFileSystem::EnterOpening(std::string_view what, const std::string& path) {
  PP_RETURN_IF_ERROR(Enter(nullptr, what, path));
  if (!out_of_descriptors_) return absl::OkStatus();
  return ResourceExhausted("cannot {} {}: too many open files", what, path);
}

absl::Status SimulatedFileSystem::CheckDirectoryOf(const std::string& path) const {
  if (directories_.contains(DirectoryOf(path))) return absl::OkStatus();
  return NotFound("{}: there is no such directory", DirectoryOf(path));
}

std::uint64_t SimulatedFileSystem::UsedBytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [path, node] : names_) bytes += node->bytes.size();
  return bytes;
}

bool SimulatedFileSystem::InFullDirectory(const std::string& path) const {
  return !full_directory_.empty() && (path + "/").starts_with(full_directory_);
}

absl::Status SimulatedFileSystem::Grow(Node& node, std::uint64_t size,
                                       const std::string& path) const {
  if (size <= node.bytes.size()) return absl::OkStatus();
  if (InFullDirectory(path)) return ResourceExhausted("cannot write {}: over quota", path);
  if (!capacity_bytes_.has_value()) return absl::OkStatus();
  if (UsedBytes() + (size - node.bytes.size()) <= *capacity_bytes_) return absl::OkStatus();
  return ResourceExhausted("cannot write {}: no space left on device", path);
}

SimulatedFileSystem::NodePointer SimulatedFileSystem::Find(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

absl::StatusOr<std::unique_ptr<File>> SimulatedFileSystem::Open(const std::string& path,
                                                                OpenMode mode,
                                                                unsigned permissions) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(EnterOpening("open", path));
  PP_RETURN_IF_ERROR(CheckDirectoryOf(path));
  NodePointer node = Find(path);
  if (mode == OpenMode::kCreate) {
    if (node != nullptr) return absl::AlreadyExistsError(fmt::format("cannot create {}", path));
    node = std::make_shared<Node>();
    node->permissions = permissions;
    names_[path] = node;
    touched_names_.insert(path);
  }
  if (node == nullptr) return NotFound("cannot open {}: no such file", path);
  return std::make_unique<OpenFile>(*this, std::move(node), path, mode != OpenMode::kRead);
}

absl::Status SimulatedFileSystem::CreateDirectories(const std::string& path) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "make directory", path));
  for (std::string part = path; directories_.insert(part).second; part = DirectoryOf(part)) {
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SimulatedFileSystem::List(const std::string& directory) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(EnterOpening("list", directory));
  if (!directories_.contains(directory)) return NotFound("cannot list {}", directory);
  std::vector<std::string> result;
  for (const auto& [path, node] : names_) {
    if (DirectoryOf(path) == directory) result.push_back(path.substr(path.rfind('/') + 1));
  }
  for (const std::string& path : directories_) {
    if (path != directory && DirectoryOf(path) == directory) {
      result.push_back(path.substr(path.rfind('/') + 1));
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

absl::Status SimulatedFileSystem::Rename(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "rename", from));
  PP_RETURN_IF_ERROR(CheckDirectoryOf(to));
  const NodePointer node = Find(from);
  if (node == nullptr) return NotFound("cannot rename {}: no such file", from);
  names_.erase(from);
  names_[to] = node;
  touched_names_.insert({from, to});
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::Remove(const std::string& path) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "remove", path));
  if (names_.erase(path) == 0) return NotFound("cannot remove {}: no such file", path);
  touched_names_.insert(path);
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::SyncDirectory(const std::string& directory) {
  PP_ASSIGN_OR_RETURN(const auto folder, OpenDirectory(directory));
  return folder->Sync();
}

absl::StatusOr<std::unique_ptr<Directory>> SimulatedFileSystem::OpenDirectory(
    const std::string& directory) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(EnterOpening("open directory", directory));
  if (!directories_.contains(directory)) return NotFound("cannot open directory {}", directory);
  return std::make_unique<OpenFolder>(*this, directory);
}

absl::Status SimulatedFileSystem::SyncNames(const std::string& directory) {
  PP_RETURN_IF_ERROR(Enter(&Calls::directory_syncs, "sync directory", directory));
  if (ignore_syncs_) return absl::OkStatus();
  std::erase_if(touched_names_, [&](const std::string& path) {
    if (DirectoryOf(path) != directory) return false;
    if (const NodePointer node = Find(path); node != nullptr) {
      durable_names_[path] = node;
    } else {
      durable_names_.erase(path);
    }
    return true;
  });
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> SimulatedFileSystem::Lock(
    const std::string& directory) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(EnterOpening("lock", directory));
  if (!directories_.contains(directory)) return NotFound("cannot lock {}", directory);
  if (!locks_.emplace(directory, life_).second) {
    return FailedPrecondition("{} is in use by another process", directory);
  }
  return std::make_unique<HeldLock>(*this, directory);
}

absl::StatusOr<std::uint64_t> SimulatedFileSystem::FreeBytes(const std::string& path) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "ask free space of", path));
  if (InFullDirectory(path)) return std::uint64_t{0};
  if (!capacity_bytes_.has_value()) return std::uint64_t{1} << 50;
  return *capacity_bytes_ - std::min(*capacity_bytes_, UsedBytes());
}

absl::StatusOr<unsigned> SimulatedFileSystem::Permissions(const std::string& path) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "stat", path));
  if (directories_.contains(path)) {
    const auto set = directory_permissions_.find(path);
    return set == directory_permissions_.end() ? kOwnersDirectory : set->second;
  }
  const NodePointer node = Find(path);
  if (node == nullptr) return NotFound("cannot stat {}: no such file", path);
  return node->permissions;
}

absl::Status SimulatedFileSystem::SetPermissions(const std::string& path, unsigned permissions) {
  std::lock_guard lock(mutex_);
  PP_RETURN_IF_ERROR(Enter(nullptr, "set the permissions of", path));
  if (directories_.contains(path)) {
    directory_permissions_[path] = permissions;
    return absl::OkStatus();
  }
  const NodePointer node = Find(path);
  if (node == nullptr) return NotFound("cannot set the permissions of {}: no such file", path);
  node->permissions = permissions;
  return absl::OkStatus();
}

}  // namespace panelpuls::testing
