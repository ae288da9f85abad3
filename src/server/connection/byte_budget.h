// Bytes that an io thread's sessions may hold for their peers at once: of one kind, such as long
// messages that are being read. A session takes all that something needs before it begins, so that
// whoever has begun can end; who finds no room waits, the smallest first. While anyone waits the
// budget is pressed, and the thread's sweeper lets peers be slow for a shorter time.
// Units    bytes.
// Threads  its io thread alone.
#pragma once

#include <cstddef>
#include <list>

#include "server/connection/wakeup.h"

namespace panelpuls::server {

class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}
  ~ByteBudget();
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // What a session holds; given back when it ends.
  class Share {
   public:
    // `budget` outlives it.
    explicit Share(ByteBudget& budget) : budget_(budget) {}
    ~Share() { Set(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    std::size_t bytes() const { return bytes_; }
    // Holds so many more. False: there is no room, or others wait for it.
    bool TryTake(std::size_t more);
    // Holds so many in all, whether there is room or not: for what is there already.
    void Set(std::size_t bytes);

   private:
    friend class ByteBudget;
    ByteBudget& budget_;
    std::size_t bytes_ = 0;
  };

  // Waits for room as long as it lives; `wake` is set when there is. What is larger than the whole
  // budget waits until all of it is free.
  class Waiter {
   public:
    Waiter(Share& share, std::size_t more, Wakeup& wake);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    bool has_taken() const { return has_taken_; }

   private:
    friend class ByteBudget;
    Share& share_;
    const std::size_t more_;
    Wakeup& wake_;
    bool has_taken_ = false;
  };

  std::size_t used() const { return used_; }
  bool pressed() const { return !waiting_.empty(); }
  // Most that was used since the last call.
  std::size_t TakePeak();

 private:
  bool HasRoomFor(std::size_t more) const { return used_ == 0 || used_ + more <= limit_; }
  void Give();  // to those who wait

  const std::size_t limit_;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::list<Waiter*> waiting_;  // by more_; in frames
};

}  // namespace panelpuls::server
