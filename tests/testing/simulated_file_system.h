// A file system in memory that behaves as badly as a real one may: after a crash it forgets what
// was not synced, it fails the nth call, it flips bits, it is full.
//
// What survives Crash():
//  - bytes of a file: what was there at its last successful DataSync, and of each later write,
//    independently and by seed, all of it, none of it, or some of its 512-byte sectors;
//  - a size change (Truncate, Preallocate, or a write behind the end): as a write, kept or not;
//  - names: as of the last SyncDirectory of their directory, and each name touched since then,
//    independently, in its old or its new state. Syncing a file does not sync its name.
// A DataSync that fails leaves the bytes readable, and forgets that they were never written: a
// later DataSync does not bring them to disk. So does the page cache of a real system. Threads any,
// from several at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace panelpuls::testing {

class SimulatedFileSystem final : public FileSystem {
 public:
  struct Calls {
    std::uint64_t all = 0;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t data_syncs = 0;
    std::uint64_t directory_syncs = 0;
    std::uint64_t preallocations = 0;
  };

  explicit SimulatedFileSystem(std::uint64_t seed = 1);
  ~SimulatedFileSystem() override;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                             unsigned permissions) override;
  absl::Status CreateDirectories(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override;
  absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) override;
  absl::StatusOr<unsigned> Permissions(const std::string& path) override;
  absl::Status SetPermissions(const std::string& path, unsigned permissions) override;

  // Power fails. Files and locks held at that moment are dead: every call on them is an error.
  void Crash();
  // As Crash, but only the process ends: what was written stays as it was written.
  void KillProcess();

  // Fails the nth call from now (1 is the next), and `times` - 1 calls behind it:
  // kResourceExhausted as a full disk, or kUnavailable as EIO. A write that fails may have written
  // a part; a sync that fails, too.
  void FailCall(std::uint64_t n, absl::StatusCode code, std::uint64_t times = 1);
  // Power goes at the nth call from now: nothing is done from there on, up to Crash or KillProcess.
  void CutPowerAt(std::uint64_t n) {
    FailCall(n, absl::StatusCode::kUnavailable, ~std::uint64_t{0});
  }
  // Whether the call of the last FailCall has been reached.
  bool failure_fired() const;
  void StopFailing();

  // Bytes of all files together; without a value unlimited. Growth beyond it is kResourceExhausted.
  void SetCapacityBytes(std::optional<std::uint64_t> bytes);
  // While set, what needs a descriptor is kResourceExhausted; what is open goes on.
  void SetOutOfDescriptors(bool out);
  // Files below this directory find no room, as under a quota of its own, until it is empty.
  void FillDirectory(const std::string& directory);
  // Flips one bit of a byte, in memory and on disk. The file and the byte must exist.
  void FlipBit(const std::string& path, std::uint64_t offset, unsigned bit);
  // Puts content in place, durable, with its name: files that others brought. Makes directories.
  void PutFile(const std::string& path, std::string_view content);
  // What a reader would see. The file must exist.
  std::string FileContent(const std::string& path) const;
  bool Exists(const std::string& path) const;
  // Removes a file for good, as an operator's mistake would.
  void LoseFile(const std::string& path);

  // While held, DataSync waits before it does anything. WaitForHeldSync returns when one waits.
  void HoldDataSyncs();
  void WaitForHeldSync();
  void ReleaseDataSyncs();
  // DataSync and SyncDirectory answer ok and do nothing: what a lying disk does, and what a test
  // needs to prove that it notices.
  void IgnoreDataSyncs(bool ignore);

  Calls calls() const;

 private:
  struct Node;
  class OpenFile;
  class HeldLock;
  class OpenFolder;
  using NodePointer = std::shared_ptr<Node>;
  using Names = std::map<std::string, NodePointer>;

  absl::Status Enter(std::uint64_t Calls::* kind, std::string_view what, const std::string& path);
  absl::Status EnterOpening(std::string_view what, const std::string& path);
  absl::Status CheckDirectoryOf(const std::string& path) const;
  absl::Status Grow(Node& node, std::uint64_t size, const std::string& path) const;
  std::uint64_t UsedBytes() const;
  absl::Status SyncNames(const std::string& directory);
  bool InFullDirectory(const std::string& path) const;
  NodePointer Find(const std::string& path) const;
  void ForgetBytes(Node& node);
  bool Coin() { return (random_() & 1) != 0; }
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  mutable std::mutex mutex_;
  std::condition_variable sync_changed_;
  std::mt19937_64 random_;
  Names names_;
  Names durable_names_;
  std::set<std::string> touched_names_;
  std::set<std::string> directories_;
  std::map<std::string, unsigned> directory_permissions_;  // where they were set
  std::map<std::string, std::uint64_t> locks_;  // directory -> life in which it was taken
  std::uint64_t life_ = 1;                      // +1 a crash; handles of earlier lives are dead
  Calls calls_;
  std::uint64_t fail_at_ = 0;  // value of calls_.all; 0: never
  std::uint64_t fail_times_ = 1;
  absl::StatusCode fail_code_ = absl::StatusCode::kUnavailable;
  bool failure_fired_ = false;
  std::optional<std::uint64_t> capacity_bytes_;
  bool out_of_descriptors_ = false;
  std::string full_directory_;  // with a slash at its end; empty: none
  bool hold_syncs_ = false;
  int held_syncs_ = 0;
  bool ignore_syncs_ = false;
};

}  // namespace panelpuls::testing
