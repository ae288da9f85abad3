#include "state/mapped_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace panelpuls::state {
namespace {

constexpr std::uint64_t kHugePage = 2u << 20;
// Between two steps others may change the process's memory map.
constexpr std::uint64_t kTakenAtOnce = 16u << 20;

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
  memory.data_ = static_cast<std::byte*>(address);
  memory.size_ = size_bytes;
  return memory;
}

void MappedMemory::TakePages(const std::stop_token& stop) const {
  for (std::uint64_t begin = 0; begin < size_ && !stop.stop_requested(); begin += kTakenAtOnce) {
    (void)madvise(data_ + begin, std::min(kTakenAtOnce, size_ - begin), MADV_POPULATE_WRITE);
  }
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
