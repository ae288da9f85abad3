#include "base/system_calls.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace panelpuls {

int SystemCalls::Open(const char* path, int flags, mode_t permissions) {
  return ::open(path, flags, permissions);
}
ssize_t SystemCalls::Pread(int descriptor, void* bytes, std::size_t size, off_t offset) {
  return ::pread(descriptor, bytes, size, offset);
}
ssize_t SystemCalls::Pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  return ::pwrite(descriptor, bytes, size, offset);
}
int SystemCalls::Fdatasync(int descriptor) { return ::fdatasync(descriptor); }
int SystemCalls::Fsync(int descriptor) { return ::fsync(descriptor); }
int SystemCalls::Ftruncate(int descriptor, off_t size) { return ::ftruncate(descriptor, size); }
int SystemCalls::PosixFallocate(int descriptor, off_t offset, off_t size) {
  return ::posix_fallocate(descriptor, offset, size);
}
int SystemCalls::Flock(int descriptor, int operation) { return ::flock(descriptor, operation); }

}  // namespace panelpuls
