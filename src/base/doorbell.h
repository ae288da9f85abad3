// Wakes the one thread that looks after several writers: something was handed over, something
// changed, or it is to end.
// Threads  Poke, NoteChange, End: any; WaitUntil: one.
#pragma once

#include <mutex>
#include <utility>

#include "base/thread.h"

namespace panelpuls {

class Doorbell {
 public:
  struct Seen {
    bool changed = false;  // since the last wait that said so
    bool ending = false;
  };

  void Poke() { Raise(&Doorbell::poked_); }
  // A poke that is remembered until a wait reports it.
  void NoteChange() { Raise(&Doorbell::changed_); }
  void End() { Raise(&Doorbell::ending_); }

  // Returns after a poke or at the deadline; at once while ending.
  Seen WaitUntil(SteadyClock::time_point deadline) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, deadline, [this] { return poked_ || changed_ || ending_; });
    poked_ = false;
    return {.changed = std::exchange(changed_, false), .ending = ending_};
  }

 private:
  void Raise(bool Doorbell::* flag) {
    {
      std::lock_guard lock(mutex_);
      this->*flag = true;
    }
    ready_.notify_one();
  }

  Mutex mutex_;
  Condition ready_;
  bool poked_ = false;
  bool changed_ = false;
  bool ending_ = false;
};

}  // namespace panelpuls
