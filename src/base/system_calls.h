// The system calls under PosixFileSystem, so that tests can interrupt, shorten and fail them. Each
// does what the call of its name does: errno and return values are the system's.
// Threads  any, from several at once.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>

#include "base/file.h"

namespace panelpuls {

class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  virtual int Open(const char* path, int flags, mode_t permissions);
  virtual ssize_t Pread(int descriptor, void* bytes, std::size_t size, off_t offset);
  virtual ssize_t Pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset);
  virtual int Fdatasync(int descriptor);
  virtual int Fsync(int descriptor);
  virtual int Ftruncate(int descriptor, off_t size);
  virtual int PosixFallocate(int descriptor, off_t offset, off_t size);  // returns the error
  virtual int Flock(int descriptor, int operation);
};

// As PosixFileSystem(), on these calls, which outlive it and its files.
std::unique_ptr<FileSystem> MakePosixFileSystem(SystemCalls& calls);

}  // namespace panelpuls
