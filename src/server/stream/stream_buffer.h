// What a stream has sent and nobody has consumed, in one piece. Room is of kOwnBytes, or exactly of
// one longer message; it is not cleared, so that what has not come takes no memory.
// Threads  one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace panelpuls::server {

class StreamBuffer {
 public:
  // Come and not yet consumed; a message in it stays where it is until Forget, Grow or MakeSpace.
  std::string_view rest() const { return {bytes_.get() + begin_, end_ - begin_}; }
  // Consumed with the next Forget.
  void Consume(std::size_t bytes) { consume_ = bytes; }
  // Drops what was consumed. True: a long message's room was freed.
  bool Forget();

  // Of all that it has room for, from the begin of rest().
  std::size_t capacity() const { return capacity_; }
  // Larger room for rest() and what follows it.
  void Grow(std::size_t capacity);
  // Moves rest() to the begin, where little room is behind it.
  void MakeSpace();
  // Where the next bytes go, and how many went there.
  std::span<char> room() { return {bytes_.get() + end_, capacity_ - end_}; }
  void Fill(std::size_t bytes) { end_ += bytes; }

 private:
  void MoveTo(char* to);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t consume_ = 0;
};

}  // namespace panelpuls::server
