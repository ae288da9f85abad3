#include <isa-l/crc.h>

#include <algorithm>

#include "journal/journal.h"

namespace panelpuls::journal {

std::uint32_t Crc32c(std::uint32_t crc, std::span<const std::byte> bytes) {
  constexpr std::size_t kMaxBytesPerCall = std::size_t{1} << 30;  // its length is an int
  crc = ~crc;
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kMaxBytesPerCall);
    // Takes a pointer to mutable bytes and only reads them.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
    crc = crc32_iscsi(data, static_cast<int>(count), crc);
    bytes = bytes.subspan(count);
  }
  return ~crc;
}

}  // namespace panelpuls::journal
