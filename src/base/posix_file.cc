#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/system_calls.h"

namespace panelpuls {
namespace {

// Status of a failed system call, with what was tried and on which path.
absl::Status SystemError(std::string_view what, const std::string& path, int error) {
  const std::string message =
      fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// A call that has done nothing when it is interrupted is made again.
template <typename Call>
int UntilDone(Call&& call) {
  int result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int OpenUninterrupted(SystemCalls& calls, const std::string& path, int flags,
                      mode_t permissions = 0) {
  return UntilDone([&] { return calls.Open(path.c_str(), flags | O_CLOEXEC, permissions); });
}

absl::StatusOr<Descriptor> OpenDirectoryDescriptor(SystemCalls& calls, const std::string& path) {
  const int number = OpenUninterrupted(calls, path, O_RDONLY | O_DIRECTORY);
  if (number < 0) return SystemError("open directory", path, errno);
  return Descriptor(number);
}

// The umask may have taken permissions of what was just made, the owner's own too; special bits,
// such as an inherited group, stay.
absl::Status GivePermissions(const Descriptor& file, const std::string& path,
                             unsigned permissions) {
  struct stat info{};
  if (::fstat(file.number(), &info) != 0) return SystemError("stat", path, errno);
  if ((info.st_mode & 0777) == permissions) return absl::OkStatus();
  if (::fchmod(file.number(), (info.st_mode & 07000) | permissions) == 0) return absl::OkStatus();
  return SystemError("set the permissions of", path, errno);
}

// By name: a directory may not be open to its own owner yet.
absl::Status GivePermissions(const std::string& path, unsigned permissions) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return SystemError("stat", path, errno);
  if ((info.st_mode & 0777) == permissions) return absl::OkStatus();
  if (::chmod(path.c_str(), (info.st_mode & 07000) | permissions) == 0) return absl::OkStatus();
  return SystemError("set the permissions of", path, errno);
}

// Every byte of an allocated but unwritten extent costs metadata when it is first written, so zeros
// are written for real.
constexpr std::size_t kZerosBytes = 256 << 10;
alignas(kDirectBytes) constexpr std::array<std::byte, kZerosBytes> kZeros{};

class PosixFile final : public File {
 public:
  // direct: the same file, opened to write past the page cache; none where that cannot be.
  PosixFile(SystemCalls& calls, Descriptor descriptor, std::optional<Descriptor> direct,
            std::string path)
      : calls_(calls),
        descriptor_(std::move(descriptor)),
        direct_(std::move(direct)),
        path_(std::move(path)) {}

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got = calls_.Pread(descriptor_.number(), bytes.data() + done,
                                       bytes.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == ESPIPE) {
        return Unavailable("cannot read {}: it is a pipe; write it to a file and name that", path_);
      }
      if (got < 0) return SystemError("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  absl::Status WriteAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const std::span<const std::byte> rest = bytes.subspan(done);
      const bool direct = MayGoDirect(offset + done, rest);
      const ssize_t put =
          calls_.Pwrite(direct ? direct_->number() : descriptor_.number(), rest.data(), rest.size(),
                        static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EINVAL && direct) {
        direct_.reset();  // a file system with other needs
        continue;
      }
      if (put < 0) return SystemError("write", path_, errno);
      if (put == 0) return SystemError("write", path_, EIO);
      done += static_cast<std::size_t>(put);
    }
    return absl::OkStatus();
  }

  // Never repeated, not even after EINTR: after a failure nobody knows which bytes are on disk.
  absl::Status DataSync() override {
    if (calls_.Fdatasync(descriptor_.number()) != 0) return SystemError("sync", path_, errno);
    return absl::OkStatus();
  }

  absl::Status Preallocate(std::uint64_t size) override {
    PP_ASSIGN_OR_RETURN(const std::uint64_t old_size, Size());
    if (size <= old_size) return absl::OkStatus();
    absl::Status status = Extend(old_size, size);
    // What was allocated so far goes back, so that a full disk is not made fuller.
    if (!status.ok()) static_cast<void>(Truncate(old_size));
    return status;
  }

  absl::Status Truncate(std::uint64_t size) override {
    const int result =
        UntilDone([&] { return calls_.Ftruncate(descriptor_.number(), static_cast<off_t>(size)); });
    if (result != 0) return SystemError("truncate", path_, errno);
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Size() override {
    struct stat info{};
    if (::fstat(descriptor_.number(), &info) != 0) return SystemError("stat", path_, errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  bool MayGoDirect(std::uint64_t offset, std::span<const std::byte> bytes) const {
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    return direct_.has_value() && (offset | bytes.size() | address) % kDirectBytes == 0;
  }

  absl::Status Extend(std::uint64_t from, std::uint64_t to) {
    int error = EINTR;
    while (error == EINTR) {
      error = calls_.PosixFallocate(descriptor_.number(), static_cast<off_t>(from),
                                    static_cast<off_t>(to - from));
    }
    if (error != 0) return SystemError("allocate room in", path_, error);
    for (std::uint64_t offset = from; offset < to; offset += kZerosBytes) {
      const std::uint64_t bytes = std::min<std::uint64_t>(kZerosBytes, to - offset);
      PP_RETURN_IF_ERROR(WriteAt(offset, std::span(kZeros).first(bytes)));
    }
    // What went through the page cache is spread over the calls, or the last sync would take long.
    return direct_.has_value() ? absl::OkStatus() : DataSync();
  }

  SystemCalls& calls_;
  Descriptor descriptor_;
  std::optional<Descriptor> direct_;
  std::string path_;
};

class PosixDirectory final : public Directory {
 public:
  PosixDirectory(SystemCalls& calls, Descriptor descriptor, std::string path)
      : calls_(calls), descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  absl::Status Sync() override {
    if (calls_.Fsync(descriptor_.number()) != 0) return SystemError("sync directory", path_, errno);
    return absl::OkStatus();
  }

 private:
  SystemCalls& calls_;
  Descriptor descriptor_;
  std::string path_;
};

class PosixDirectoryLock final : public DirectoryLock {
 public:
  explicit PosixDirectoryLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;  // flock ends with its last descriptor
};

class PosixFiles final : public FileSystem {
 public:
  explicit PosixFiles(SystemCalls& calls) : calls_(calls) {}

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                             unsigned permissions) override {
    if (mode == OpenMode::kRead) return OpenAs(path, O_RDONLY);
    if (mode == OpenMode::kReadWrite) return OpenAs(path, O_RDWR);
    const int number = OpenUninterrupted(calls_, path, O_RDWR | O_CREAT | O_EXCL,
                                         static_cast<mode_t>(permissions));
    if (number < 0) return SystemError("create", path, errno);
    auto file = Finish(Descriptor(number), path, permissions);
    if (!file.ok()) ::unlink(path.c_str());
    return file;
  }

  absl::Status CreateDirectories(const std::string& path) override {
    std::filesystem::path made;
    for (const std::filesystem::path& part : std::filesystem::path(path)) {
      if (part.empty()) continue;
      const std::string parent = made.empty() ? "." : made.string();
      made /= part;
      if (::mkdir(made.c_str(), kOwnersDirectory) == 0) {
        PP_RETURN_IF_ERROR(GivePermissions(made.string(), kOwnersDirectory));
        PP_RETURN_IF_ERROR(SyncDirectory(parent));
      } else if (errno != EEXIST) {
        const int error = errno;
        // Parents that may not be written answer EROFS or EACCES even where the name exists.
        struct stat info{};
        if (::stat(made.c_str(), &info) != 0) return SystemError("make directory", made, error);
      }
    }
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return SystemError("make directory", path, errno);
    if (!S_ISDIR(info.st_mode)) return SystemError("make directory", path, ENOTDIR);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    DIR* stream = ::opendir(directory.c_str());
    if (stream == nullptr) return SystemError("list", directory, errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    const int error = errno;
    ::closedir(stream);
    if (error != 0) return SystemError("list", directory, error);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) {
      return SystemError("rename", fmt::format("{} to {}", from, to), errno);
    }
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return SystemError("remove", path, errno);
    return absl::OkStatus();
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    PP_ASSIGN_OR_RETURN(const auto opened, OpenDirectory(directory));
    return opened->Sync();
  }

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(const std::string& directory) override {
    PP_ASSIGN_OR_RETURN(Descriptor descriptor, OpenDirectoryDescriptor(calls_, directory));
    return std::make_unique<PosixDirectory>(calls_, std::move(descriptor), directory);
  }

  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override {
    PP_ASSIGN_OR_RETURN(Descriptor descriptor, OpenDirectoryDescriptor(calls_, directory));
    if (UntilDone([&] { return calls_.Flock(descriptor.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno != EWOULDBLOCK) return SystemError("lock", directory, errno);
      return FailedPrecondition(
          "{} is in use by another process; stop that one, or choose another directory", directory);
    }
    return std::make_unique<PosixDirectoryLock>(std::move(descriptor));
  }

  absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) override {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return SystemError("ask free space of", path, errno);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  }

  absl::StatusOr<unsigned> Permissions(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return SystemError("stat", path, errno);
    return static_cast<unsigned>(info.st_mode & 0777);
  }

  absl::Status SetPermissions(const std::string& path, unsigned permissions) override {
    return GivePermissions(path, permissions);
  }

 private:
  absl::StatusOr<std::unique_ptr<File>> OpenAs(const std::string& path, int flags) {
    const int number = OpenUninterrupted(calls_, path, flags);
    if (number < 0) return SystemError("open", path, errno);
    if (flags == O_RDONLY) {
      return std::make_unique<PosixFile>(calls_, Descriptor(number), std::nullopt, path);
    }
    return WithDirect(Descriptor(number), path);
  }

  absl::StatusOr<std::unique_ptr<File>> Finish(Descriptor descriptor, const std::string& path,
                                               unsigned permissions) {
    PP_RETURN_IF_ERROR(GivePermissions(descriptor, path, permissions));
    return WithDirect(std::move(descriptor), path);
  }

  // A file system may have no way past its page cache; a want of descriptors is no such thing.
  absl::StatusOr<std::unique_ptr<File>> WithDirect(Descriptor descriptor, const std::string& path) {
    std::optional<Descriptor> direct;
    const int second = OpenUninterrupted(calls_, path, O_WRONLY | O_DIRECT);
    if (second >= 0) direct.emplace(second);
    if (second < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
      return SystemError("open", path, errno);
    }
    return std::make_unique<PosixFile>(calls_, std::move(descriptor), std::move(direct), path);
  }

  SystemCalls& calls_;
};

}  // namespace

FileSystem& PosixFileSystem() {
  // Never destroyed: other statics may use it.
  static PosixFiles* const files = new PosixFiles(*new SystemCalls);
  return *files;
}

std::unique_ptr<FileSystem> MakePosixFileSystem(SystemCalls& calls) {
  return std::make_unique<PosixFiles>(calls);
}

}  // namespace panelpuls
