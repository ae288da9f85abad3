#include "state/mapped_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace panelpuls::state {
namespace {

constexpr std::uint64_t kHugePage = 2u << 20;

// Of memory that nothing holds, page cache included in what is held.
std::uint64_t FreeBytes() {
  const long pages = ::sysconf(_SC_AVPHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGESIZE);
  if (pages < 0 || page_bytes < 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
}

}  // namespace

absl::StatusOr<MappedMemory> MappedMemory::Create(std::uint64_t size_bytes,
                                                  std::string_view purpose) {
  MappedMemory memory;
  if (size_bytes == 0) return memory;
  void* address =
      mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) {
    return ResourceExhausted("{} bytes for {} cannot be had: {}; lower max_respondents", size_bytes,
                             purpose, std::strerror(errno));
  }
  // Advice only: without huge pages everything works, slower.
  if (size_bytes >= kHugePage) (void)madvise(address, size_bytes, MADV_HUGEPAGE);
  // Getting and clearing a huge page takes up to milliseconds, which a writer is spared. Not where
  // that could push others out of memory.
  if (size_bytes <= FreeBytes() / 2) (void)madvise(address, size_bytes, MADV_POPULATE_WRITE);
  memory.data_ = static_cast<std::byte*>(address);
  memory.size_ = size_bytes;
  return memory;
}

MappedMemory::~MappedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

MappedMemory::MappedMemory(MappedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace panelpuls::state
