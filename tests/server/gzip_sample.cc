#include "server/gzip_sample.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/status.h"

namespace panelpuls::testing {

std::string GzipSample(std::string_view text) {
  z_stream stream{};
  PP_CHECK(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  PP_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

struct GzipReader::Stream {
  z_stream z{};
};

GzipReader::GzipReader() : stream_(std::make_unique<Stream>()) {
  PP_CHECK(inflateInit2(&stream_->z, 15 + 16) == Z_OK);
}
GzipReader::~GzipReader() {
  if (stream_ != nullptr) inflateEnd(&stream_->z);
}
GzipReader::GzipReader(GzipReader&& other) noexcept = default;

std::string GzipReader::Take(std::string_view piece) {
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  z.avail_in = static_cast<uInt>(piece.size());
  std::string text;
  std::string room(64 << 10, '\0');
  do {
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = static_cast<uInt>(room.size());
    const int result = inflate(&z, Z_SYNC_FLUSH);
    text.append(room, 0, room.size() - z.avail_out);
    if (result == Z_STREAM_END) {
      ended_ = true;
      EXPECT_EQ(z.avail_in, 0u) << "bytes behind the end";
      break;
    }
    if (result == Z_BUF_ERROR) break;  // nothing is left to do
    if (result != Z_OK) {
      broken_ = true;
      ADD_FAILURE() << "no gzip: " << (z.msg == nullptr ? "" : z.msg);
      break;
    }
  } while (z.avail_in > 0 || z.avail_out == 0);
  return text;
}

}  // namespace panelpuls::testing
