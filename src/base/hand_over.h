// Hands a buffer from a writer to a reader and back: one word that says whose turn it is, one plain
// buffer. Each change of the word has one author, so there is no read-modify-write, no fence and no
// wait on the way of a response.
//
//   word      buffer belongs to   changed by
//   kWanted   the writer          the writer: fills the buffer, then says kReady
//   kReady    the reader          the reader: uses the buffer, then says kWanted when it wants more
//
// Threads  one writer (Give, WaitUntilWanted), one reader (Take, Want).
// Template on the word, so that the model checker explores this very code: Word has
// load(std::memory_order), store(value, std::memory_order), and for WaitUntilWanted wait and
// notify_one as std::atomic.
#pragma once

#include <atomic>
#include <cstdint>

namespace panelpuls {

template <typename Word, typename Buffer>
class HandOver {
 public:
  static constexpr std::uint32_t kWanted = 0;
  static constexpr std::uint32_t kReady = 1;

  // Not asking: the first Give does nothing before the reader's first Want.
  HandOver() : word_(kReady) {}

  // The buffer, for sizing it before there are two threads.
  Buffer& buffer() { return buffer_; }

  // Writer. Fills the buffer and hands it over, if the reader wants it.
  template <typename Fill>
  bool Give(Fill&& fill) {
    if (word_.load(std::memory_order::acquire) != kWanted) return false;
    fill(buffer_);
    word_.store(kReady, std::memory_order::release);
    return true;
  }

  // Writer. Waits until the reader wants a buffer: only where the writer must not run ahead.
  void WaitUntilWanted() {
    while (word_.load(std::memory_order::acquire) != kWanted) {
      word_.wait(kReady, std::memory_order::acquire);
    }
  }

  // Reader. Uses a buffer that was handed over since the last Want; false: none yet.
  template <typename Use>
  bool Take(Use&& use) {
    if (taken_ || word_.load(std::memory_order::acquire) != kReady) return false;
    use(buffer_);
    taken_ = true;
    return true;
  }

  // Reader, after Take (or at first). Wake the writer afterwards: it may be asleep.
  void Want() {
    taken_ = false;
    word_.store(kWanted, std::memory_order::release);
    word_.notify_one();
  }

 private:
  // Whose turn it is.
  // pairs-with: itself. Give's store(release) of kReady with Take's load(acquire): the reader sees
  // the filled buffer. Want's store(release) of kWanted with Give's load(acquire): the writer
  // overwrites the buffer only after the reader's last look at it.
  alignas(64) Word word_;
  alignas(64) Buffer buffer_{};
  alignas(64) bool taken_ = true;  // the reader's alone
};

}  // namespace panelpuls
