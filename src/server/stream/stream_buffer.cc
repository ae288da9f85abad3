#include "server/stream/stream_buffer.h"

#include <cstring>
#include <utility>

#include "server/options.h"

namespace panelpuls::server {

bool StreamBuffer::Forget() {
  begin_ += std::exchange(consume_, 0);
  if (begin_ < end_) return false;
  begin_ = end_ = 0;
  if (capacity_ <= kOwnBytes) return false;
  bytes_.reset();
  capacity_ = 0;
  return true;
}

void StreamBuffer::Grow(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  MoveTo(larger.get());
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

void StreamBuffer::MakeSpace() {
  if (begin_ > 0 && capacity_ - end_ < capacity_ / 2) MoveTo(bytes_.get());
}

void StreamBuffer::MoveTo(char* to) {
  if (end_ > begin_) std::memmove(to, bytes_.get() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
}

}  // namespace panelpuls::server
