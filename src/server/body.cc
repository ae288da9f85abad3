#include "server/body.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "server/server.h"

namespace panelpuls::server {
namespace {

constexpr int kGzipOnly = 15 + 16;  // zlib: largest window, gzip wrapper
constexpr std::size_t kRoomBytes = 16u << 10;

}  // namespace

struct BodyDecoder::Inflater {
  z_stream stream{};
  bool in_member = false;  // a member has begun and not ended
  bool any_member = false;

  Inflater() { PP_CHECK(inflateInit2(&stream, kGzipOnly) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

BodyDecoder::BodyDecoder() = default;
BodyDecoder::~BodyDecoder() = default;

void BodyDecoder::Begin(bool gzip, std::size_t max_bytes) {
  if (buffer_.size() > kKeptConnectionBytes) std::string().swap(buffer_);
  size_ = 0;
  arrived_ = 0;
  max_bytes_ = max_bytes;
  gzip_ = gzip;
  Reserve(0);
  if (!gzip) return;
  if (inflater_ == nullptr) inflater_ = std::make_unique<Inflater>();
  PP_CHECK(inflateReset(&inflater_->stream) == Z_OK);
  inflater_->in_member = false;
  inflater_->any_member = false;
}

BodyState BodyDecoder::Add(std::string_view piece) {
  arrived_ += piece.size();
  if (arrived_ > max_bytes_) return BodyState::kTooLarge;
  return gzip_ ? Inflate(piece) : Append(piece);
}

std::span<char> BodyDecoder::Room() {
  if (gzip_) {
    packed_.resize(kRoomBytes);
    return packed_;
  }
  Reserve(std::max(kRoomBytes, size_));
  return {buffer_.data() + size_, buffer_.size() - size_ - kPadding};
}

BodyState BodyDecoder::Fill(std::size_t bytes) {
  if (gzip_) return Add(std::string_view(packed_).substr(0, bytes));
  arrived_ += bytes;
  if (arrived_ > max_bytes_) return BodyState::kTooLarge;
  size_ += bytes;
  return BodyState::kOk;
}

BodyState BodyDecoder::End() {
  if (gzip_ && (inflater_->in_member || !inflater_->any_member)) return BodyState::kCorrupt;
  std::memset(buffer_.data() + size_, 0, kPadding);
  return BodyState::kOk;
}

void BodyDecoder::Reserve(std::size_t more) {
  const std::size_t needed = size_ + more + kPadding;
  if (buffer_.size() < needed)
    buffer_.resize(std::max({needed, 2 * buffer_.size(), std::size_t{4096}}));
}

BodyState BodyDecoder::Append(std::string_view piece) {
  Reserve(piece.size());
  std::copy(piece.begin(), piece.end(), buffer_.data() + size_);
  size_ += piece.size();
  return BodyState::kOk;
}

BodyState BodyDecoder::Inflate(std::string_view piece) {
  constexpr std::size_t kStep = 32 * 1024;
  z_stream& stream = inflater_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  bool more_output = false;
  while (stream.avail_in > 0 || more_output) {
    inflater_->in_member = true;
    inflater_->any_member = true;
    Reserve(kStep);
    stream.next_out = reinterpret_cast<Bytef*>(buffer_.data() + size_);
    stream.avail_out = static_cast<uInt>(kStep);
    const int code = inflate(&stream, Z_NO_FLUSH);
    size_ += kStep - stream.avail_out;
    if (size_ > max_bytes_) return BodyState::kTooLarge;
    if (code == Z_STREAM_END) {
      // A gzip body may be several members, one after the other (RFC 1952, 2.2).
      inflater_->in_member = false;
      more_output = false;
      if (inflateReset(&stream) != Z_OK) return BodyState::kCorrupt;
      continue;
    }
    if (code != Z_OK && code != Z_BUF_ERROR) return BodyState::kCorrupt;
    more_output = stream.avail_out == 0;
    if (code == Z_BUF_ERROR && !more_output && stream.avail_in > 0) return BodyState::kCorrupt;
  }
  return BodyState::kOk;
}

}  // namespace panelpuls::server
