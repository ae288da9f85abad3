#include "server/http/body.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/status.h"
#include "server/options.h"

namespace panelpuls::server {
namespace {

constexpr int kGzipOnly = 15 + 16;  // zlib: largest window, gzip wrapper
constexpr std::size_t kRoomBytes = 16u << 10;
constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kInflateBytes = 32u << 10;
// zlib's window and tables, and Room's piece.
constexpr std::size_t kInflaterBytes = 64u << 10;

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

std::size_t BodyDecoder::MostRoom(const Options& options) {
  if (options.gzip) return options.max_bytes + kInflateBytes + kPadding + kInflaterBytes;
  return (options.known_bytes > 0 ? options.known_bytes : options.max_bytes) + kPadding;
}

void BodyDecoder::Begin(const Options& options) {
  Release();
  options_ = options;
  Reserve(options.gzip ? 0 : options.known_bytes);
  if (!options.gzip) return;
  inflater_ = std::make_unique<Inflater>();
}

void BodyDecoder::Release() {
  size_ = 0;
  arrived_ = 0;
  inflater_.reset();
  std::string().swap(packed_);
  if (buffer_bytes_ <= kOwnBytes) return;
  buffer_.reset();
  buffer_bytes_ = 0;
}

BodyState BodyDecoder::Add(std::string_view piece) {
  arrived_ += piece.size();
  if (arrived_ > options_.max_bytes) return BodyState::kTooLarge;
  return options_.gzip ? Inflate(piece) : Append(piece);
}

std::span<char> BodyDecoder::Room() {
  if (options_.gzip) {
    packed_.resize(kRoomBytes);
    return packed_;
  }
  Reserve(options_.known_bytes > size_ ? options_.known_bytes - size_ : kRoomBytes);
  return {buffer_.get() + size_, buffer_bytes_ - size_ - kPadding};
}

BodyState BodyDecoder::Fill(std::size_t bytes) {
  if (options_.gzip) return Add(std::string_view(packed_).substr(0, bytes));
  arrived_ += bytes;
  if (arrived_ > options_.max_bytes) return BodyState::kTooLarge;
  size_ += bytes;
  return BodyState::kOk;
}

BodyState BodyDecoder::End() {
  if (options_.gzip && (inflater_->in_member || !inflater_->any_member)) return BodyState::kCorrupt;
  std::memset(buffer_.get() + size_, 0, kPadding);
  return BodyState::kOk;
}

void BodyDecoder::Reserve(std::size_t more) {
  const std::size_t needed = size_ + more + kPadding;
  if (buffer_bytes_ >= needed) return;
  // Not cleared: what has not come takes no memory.
  const std::size_t bytes =
      std::max({needed, std::min(2 * buffer_bytes_, MostRoom(options_)), kFirstBytes});
  auto larger = std::make_unique_for_overwrite<char[]>(bytes);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  buffer_bytes_ = bytes;
}

BodyState BodyDecoder::Append(std::string_view piece) {
  Reserve(piece.size());
  std::copy(piece.begin(), piece.end(), buffer_.get() + size_);
  size_ += piece.size();
  return BodyState::kOk;
}

BodyState BodyDecoder::Inflate(std::string_view piece) {
  z_stream& stream = inflater_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  bool more_output = false;
  while (stream.avail_in > 0 || more_output) {
    inflater_->in_member = true;
    inflater_->any_member = true;
    Reserve(kInflateBytes);
    stream.next_out = reinterpret_cast<Bytef*>(buffer_.get() + size_);
    stream.avail_out = static_cast<uInt>(kInflateBytes);
    const int code = inflate(&stream, Z_NO_FLUSH);
    size_ += kInflateBytes - stream.avail_out;
    if (size_ > options_.max_bytes) return BodyState::kTooLarge;
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
