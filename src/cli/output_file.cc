#include "cli/output_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "cli/output.h"

namespace panelpuls::cli {
namespace {

// More links in a row than the kernel follows.
constexpr int kMostLinks = 40;
// Names that are tried for the file at work.
constexpr int kMostTries = 100;

absl::Status SystemError(std::string_view what, const std::string& path, int error) {
  const std::string text =
      fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error));
  return error == ENOSPC ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
}

absl::Status NoPlaceForAFile(const std::string& path, std::string_view what) {
  return FailedPrecondition("cannot write {}: it is {}; name a file", path, what);
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::StatusOr<std::string> ReadLink(const std::string& path) {
  std::array<char, 4096> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) return SystemError("read the link", path, errno);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

// Links of /proc stand for what a process has open and are no names of files.
bool IsOfProc(const std::string& link) {
  struct statfs info{};
  return ::statfs(DirectoryOf(link).c_str(), &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

struct Place {
  std::string path;
  mode_t kind = 0;  // S_IFREG and so on; 0: nothing is there
  bool open_in_a_process = false;
};

// What a name leads to, link by link; the last one may point to nothing.
absl::StatusOr<Place> Follow(const std::string& path) {
  Place place{.path = path};
  for (int links = 0; links <= kMostLinks; ++links) {
    struct stat info{};
    if (::lstat(place.path.c_str(), &info) != 0) {
      if (errno == ENOENT) return place;
      return SystemError("write", place.path, errno);
    }
    place.kind = info.st_mode & S_IFMT;
    if (place.kind != S_IFLNK) return place;
    if (IsOfProc(place.path)) {
      place.open_in_a_process = true;
      return place;
    }
    PP_ASSIGN_OR_RETURN(const std::string target, ReadLink(place.path));
    place.path = target.starts_with('/') ? target : DirectoryOf(place.path) + "/" + target;
    place.kind = 0;
  }
  return SystemError("write", path, ELOOP);
}

}  // namespace

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      file_(std::move(other.file_)),
      written_(other.written_),
      through_(std::exchange(other.through_, -1)) {}

OutputFile::~OutputFile() {
  if (file_ != nullptr) static_cast<void>(PosixFileSystem().Remove(temporary_));
  if (through_ >= 0) ::close(through_);
}

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& path) {
  OutputFile output;
  if (path.empty() || path == "-") return output;
  PP_ASSIGN_OR_RETURN(const Place place, Follow(path));
  output.path_ = place.path;
  // What is open already may be a file that others append to: its content stays.
  if (place.open_in_a_process) {
    PP_RETURN_IF_ERROR(output.OpenThrough(O_APPEND));
    return output;
  }
  switch (place.kind) {
    case 0:
    case S_IFREG:
      PP_RETURN_IF_ERROR(output.OpenBeside());
      return output;
    case S_IFCHR:
    case S_IFIFO:
      PP_RETURN_IF_ERROR(output.OpenThrough(0));
      return output;
    case S_IFDIR:
      return NoPlaceForAFile(path, "a directory");
    case S_IFBLK:
      return NoPlaceForAFile(path, "a disk");
    default:
      return NoPlaceForAFile(path, "a socket");
  }
}

absl::Status OutputFile::OpenBeside() {
  absl::Status status;
  for (int i = 0; i < kMostTries; ++i) {
    temporary_ = fmt::format("{}.{}-{}.new", path_, ::getpid(), i);
    auto file = PosixFileSystem().Open(temporary_, OpenMode::kCreate);
    if (file.ok()) {
      file_ = *std::move(file);
      return absl::OkStatus();
    }
    status = std::move(file).status();
    if (!absl::IsAlreadyExists(status)) break;
  }
  return status;
}

absl::Status OutputFile::OpenThrough(int flags) {
  do {
    through_ = ::open(path_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | flags);
  } while (through_ < 0 && errno == EINTR);
  return through_ >= 0 ? absl::OkStatus() : SystemError("write", path_, errno);
}

absl::Status OutputFile::WriteThrough(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t put = ::write(through_, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return SystemError("write", path_, put < 0 ? errno : EIO);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Write(std::string_view text) {
  if (through_ >= 0) return WriteThrough(text);
  if (file_ == nullptr) return WriteOut(text);
  PP_RETURN_IF_ERROR(file_->WriteAt(written_, std::as_bytes(std::span(text))));
  written_ += text.size();
  return absl::OkStatus();
}

absl::Status OutputFile::End(const absl::Status& outcome) {
  absl::Status status = outcome;
  if (through_ >= 0) {
    const bool closed = ::close(std::exchange(through_, -1)) == 0;
    if (status.ok() && !closed) status = SystemError("write", path_, errno);
  }
  if (file_ == nullptr) return status;
  if (status.ok()) status = file_->DataSync();
  if (status.ok()) status = PosixFileSystem().Rename(temporary_, path_);
  if (!status.ok()) return status;  // the destructor removes the file
  file_.reset();
  return PosixFileSystem().SyncDirectory(DirectoryOf(path_));
}

}  // namespace panelpuls::cli
