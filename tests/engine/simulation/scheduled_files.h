// A file system each of whose calls is a step of the schedule, before and after it is made. Reads
// and writes come in parts now and then, as from system calls that are interrupted or do less than
// they were asked for; each part is a step of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"

namespace panelpuls::testing {

// `files` outlives it and its files. Calls of directory syncs answer ok and do nothing while they
// are ignored, and so do syncs of files.
class ScheduledFiles final : public FileSystem {
 public:
  struct Lies {
    bool data_syncs = false;
    bool directory_syncs = false;
  };
  explicit ScheduledFiles(FileSystem& files) : files_(files) {}
  void Ignore(Lies lies) { lies_ = lies; }

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

 private:
  class OpenFile;
  class OpenFolder;

  FileSystem& files_;
  Lies lies_;
};

}  // namespace panelpuls::testing
