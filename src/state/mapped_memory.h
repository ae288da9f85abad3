// Zeroed memory whose size is fixed once: an address range is reserved, pages come as they are
// touched or are taken ahead. Large ranges ask for huge pages.
// Threads  as an array. Owns its range; movable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/status.h"

namespace panelpuls::state {

class MappedMemory {
 public:
  MappedMemory() = default;
  // ResourceExhausted: how many bytes were asked for, and for what.
  static absl::StatusOr<MappedMemory> Create(std::uint64_t size_bytes, std::string_view purpose);
  ~MappedMemory();
  MappedMemory(MappedMemory&& other) noexcept;
  MappedMemory& operator=(MappedMemory&& other) noexcept;

  // Takes all pages now, until `stop`. Any thread, beside others that use the memory.
  void TakePages(const std::stop_token& stop) const;

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace panelpuls::state
