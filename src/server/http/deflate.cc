#include "server/http/deflate.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/status.h"

namespace panelpuls::server {
namespace {

// What a segment takes at most: stored blocks, each with its head, and the flush.
constexpr std::size_t BoundOf(std::size_t bytes) { return bytes + bytes / 1024 * 8 + 512; }

void AppendLittleEndian(std::uint32_t value, unsigned bytes, std::string* to) {
  for (unsigned i = 0; i < bytes; ++i) to->push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint8_t* Bytes(const char* text) {
  // The library reads through pointers to mutable bytes.
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text));
}

}  // namespace

std::string_view GzipBegin() {
  using std::string_view_literals::operator""sv;
  // Magic, deflate, no flags, no time, no hint, system unknown.
  return "\x1f\x8b\x08\0\0\0\0\0\0\xff"sv;
}

std::string DeflatedSegment(std::string_view text) {
  PP_CHECK(text.size() < std::numeric_limits<std::uint32_t>::max() / 2);
  std::vector<std::uint8_t> level_buffer(ISAL_DEF_LVL1_DEFAULT);
  std::string segment(BoundOf(text.size()), '\0');
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.level = 1;
  stream.level_buf = level_buffer.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
  stream.flush = SYNC_FLUSH;
  stream.gzip_flag = IGZIP_DEFLATE;
  stream.next_in = Bytes(text.data());
  stream.avail_in = static_cast<std::uint32_t>(text.size());
  stream.next_out = Bytes(segment.data());
  stream.avail_out = static_cast<std::uint32_t>(segment.size());
  PP_CHECK(isal_deflate(&stream) == COMP_OK && stream.avail_in == 0 && stream.avail_out > 0);
  segment.resize(stream.total_out);
  return segment;
}

std::string StoredSegment(std::string_view text) {
  PP_CHECK(text.size() <= std::numeric_limits<std::uint16_t>::max());
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string segment(1, '\0');  // not the last block, stored
  AppendLittleEndian(size, 2, &segment);
  AppendLittleEndian(~size & 0xffff, 2, &segment);
  return segment.append(text);
}

std::string GzipEnd(std::string_view text) {
  std::string end = StoredSegment("");
  end.front() = '\1';  // the last block
  AppendLittleEndian(crc32_gzip_refl(0, Bytes(text.data()), text.size()), 4, &end);
  AppendLittleEndian(static_cast<std::uint32_t>(text.size() & 0xffff'ffff), 4, &end);
  return end;
}

}  // namespace panelpuls::server
