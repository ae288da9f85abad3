// The one seam to the file system. Everything that must survive a crash goes through it, so that
// tests can forget unsynced bytes, tear writes, fail the nth call and flip bits.
// Threads  a FileSystem: any; a File: one at a time (reads of a File may run beside each other).
// Errors   Status with the path and the system's reason; NotFound, AlreadyExists and
//          ResourceExhausted (for now there is no room on the disk, no descriptor or no memory; the
//          reason says which) are told apart, all else is Unavailable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aligned_allocator.h"
#include "base/status.h"

namespace panelpuls {

// Bytes of a block that File::WriteAt may write past the page cache, and memory that begins at one.
inline constexpr std::size_t kDirectBytes = 4096;
using BlockBytes = std::vector<std::byte, AlignedAllocator<std::byte, kDirectBytes>>;

class File {
 public:
  virtual ~File() = default;  // closes; errors of close are lost, so sync first

  // Reads exactly bytes.size() at offset, or up to the end of the file; returns how many.
  virtual absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> bytes) = 0;
  // Writes all of bytes at offset. Whole blocks (offset, length and memory at multiples of
  // kDirectBytes) go past the page cache where the file system can.
  virtual absl::Status WriteAt(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  // Makes written bytes durable, and the size where it is needed to read them (fdatasync).
  virtual absl::Status DataSync() = 0;
  // Extends the file to size with zeros that are written for real and durable after DataSync, so
  // that later writes there change no metadata. What is in the file stays; nothing happens where it
  // is as large already. After an error the size is as before.
  virtual absl::Status Preallocate(std::uint64_t size) = 0;
  virtual absl::Status Truncate(std::uint64_t size) = 0;
  virtual absl::StatusOr<std::uint64_t> Size() = 0;
};

enum class OpenMode { kRead, kReadWrite, kCreate };  // kCreate: fails when the file exists

// What the program makes is its owner's alone, whatever the umask; what is to be read by others
// says so where it is made. What is there already keeps its permissions.
inline constexpr unsigned kOwnersFile = 0600;
inline constexpr unsigned kOwnersDirectory = 0700;

// A directory held open, so that its entries can be made durable when no descriptor is left.
class Directory {
 public:
  virtual ~Directory() = default;
  // As FileSystem::SyncDirectory.
  virtual absl::Status Sync() = 0;
};

// Held by whoever owns a directory; released on destruction.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // An error leaves no file that was not there. permissions only matter for kCreate, and are those
  // of the file made: the umask takes none.
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                                     unsigned permissions = kOwnersFile) = 0;
  // With parents; those it makes are durable, and have kOwnersDirectory.
  virtual absl::Status CreateDirectories(const std::string& path) = 0;
  // Names, not paths, sorted by bytes.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  // Makes the directory's entries durable (created, renamed and removed files).
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  virtual absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      const std::string& directory) = 0;
  // FailedPrecondition naming the path when another process holds it.
  virtual absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) = 0;
  // Bytes that may still be allocated on the file system of path.
  virtual absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) = 0;
  // The nine bits rwxrwxrwx of path, a file or a directory.
  virtual absl::StatusOr<unsigned> Permissions(const std::string& path) = 0;
  virtual absl::Status SetPermissions(const std::string& path, unsigned permissions) = 0;
};

// The real one (pread, pwrite, fdatasync). Owned by nobody, lives for ever.
FileSystem& PosixFileSystem();

// Conveniences on the seam.
absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path);
// Writes to path + ".new", syncs, renames and syncs the directory: the old or the new content,
// never a mix.
absl::Status WriteFileAtomically(FileSystem& files, const std::string& path,
                                 std::string_view content, unsigned permissions = kOwnersFile);

}  // namespace panelpuls
