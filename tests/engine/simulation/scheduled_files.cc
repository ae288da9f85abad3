#include "engine/simulation/scheduled_files.h"

#include <utility>

#include "engine/simulation/schedule.h"

namespace panelpuls::testing {
namespace {

template <typename Call>
auto Stepping(Call&& call) {
  Schedule::Step();
  auto result = call();
  Schedule::Step();
  return result;
}

// What one call does of `bytes`: now and then it is interrupted before their end, or before it has
// done anything, and another thread, or the end of power, comes before the rest.
std::size_t PartOf(std::size_t bytes) {
  if (Schedule::OneIn(8)) Schedule::Step();
  return bytes > 1 && Schedule::OneIn(8) ? 1 + Schedule::Below(bytes - 1) : bytes;
}

}  // namespace

class ScheduledFiles::OpenFile final : public File {
 public:
  OpenFile(const Lies& lies, std::unique_ptr<File> file) : lies_(lies), file_(std::move(file)) {}

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> bytes) override {
    std::size_t done = 0;
    do {
      const auto part = bytes.subspan(done, PartOf(bytes.size() - done));
      PP_ASSIGN_OR_RETURN(const std::size_t got,
                          Stepping([&] { return file_->ReadAt(offset + done, part); }));
      done += got;
      if (got < part.size()) break;
    } while (done < bytes.size());
    return done;
  }
  absl::Status WriteAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::size_t done = 0;
    do {
      const auto part = bytes.subspan(done, PartOf(bytes.size() - done));
      PP_RETURN_IF_ERROR(Stepping([&] { return file_->WriteAt(offset + done, part); }));
      done += part.size();
    } while (done < bytes.size());
    return absl::OkStatus();
  }
  absl::Status DataSync() override {
    return Stepping([&] { return lies_.data_syncs ? absl::OkStatus() : file_->DataSync(); });
  }
  absl::Status Preallocate(std::uint64_t size) override {
    return Stepping([&] { return file_->Preallocate(size); });
  }
  absl::Status Truncate(std::uint64_t size) override {
    return Stepping([&] { return file_->Truncate(size); });
  }
  absl::StatusOr<std::uint64_t> Size() override {
    return Stepping([&] { return file_->Size(); });
  }

 private:
  const Lies& lies_;
  const std::unique_ptr<File> file_;
};

class ScheduledFiles::OpenFolder final : public Directory {
 public:
  OpenFolder(const Lies& lies, std::unique_ptr<Directory> folder)
      : lies_(lies), folder_(std::move(folder)) {}
  absl::Status Sync() override {
    return Stepping([&] { return lies_.directory_syncs ? absl::OkStatus() : folder_->Sync(); });
  }

 private:
  const Lies& lies_;
  const std::unique_ptr<Directory> folder_;
};

absl::StatusOr<std::unique_ptr<File>> ScheduledFiles::Open(const std::string& path, OpenMode mode,
                                                           unsigned permissions) {
  PP_ASSIGN_OR_RETURN(auto file, Stepping([&] { return files_.Open(path, mode, permissions); }));
  return std::make_unique<OpenFile>(lies_, std::move(file));
}
absl::Status ScheduledFiles::CreateDirectories(const std::string& path) {
  return Stepping([&] { return files_.CreateDirectories(path); });
}
absl::StatusOr<std::vector<std::string>> ScheduledFiles::List(const std::string& directory) {
  return Stepping([&] { return files_.List(directory); });
}
absl::Status ScheduledFiles::Rename(const std::string& from, const std::string& to) {
  return Stepping([&] { return files_.Rename(from, to); });
}
absl::Status ScheduledFiles::Remove(const std::string& path) {
  return Stepping([&] { return files_.Remove(path); });
}
absl::Status ScheduledFiles::SyncDirectory(const std::string& directory) {
  return Stepping(
      [&] { return lies_.directory_syncs ? absl::OkStatus() : files_.SyncDirectory(directory); });
}
absl::StatusOr<std::unique_ptr<Directory>> ScheduledFiles::OpenDirectory(
    const std::string& directory) {
  PP_ASSIGN_OR_RETURN(auto folder, Stepping([&] { return files_.OpenDirectory(directory); }));
  return std::make_unique<OpenFolder>(lies_, std::move(folder));
}
absl::StatusOr<std::unique_ptr<DirectoryLock>> ScheduledFiles::Lock(const std::string& directory) {
  return Stepping([&] { return files_.Lock(directory); });
}
absl::StatusOr<std::uint64_t> ScheduledFiles::FreeBytes(const std::string& path) {
  return Stepping([&] { return files_.FreeBytes(path); });
}
absl::StatusOr<unsigned> ScheduledFiles::Permissions(const std::string& path) {
  return Stepping([&] { return files_.Permissions(path); });
}
absl::Status ScheduledFiles::SetPermissions(const std::string& path, unsigned permissions) {
  return Stepping([&] { return files_.SetPermissions(path, permissions); });
}

}  // namespace panelpuls::testing
