// A bounded queue from many producers to one consumer. Producers never wait: a full queue says so,
// and the caller turns that into back-pressure.
// Threads  TryPush, Wake, Close: any; PopAll: one consumer.
// Cost     one lock a call; the consumer takes everything at once, so under load a lock per many
// items.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "base/thread.h"

namespace panelpuls {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) { items_.reserve(capacity); }

  // False: full or closed; item is untouched then.
  bool TryPush(T&& item) {
    {
      std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  // Whether TryPush would take an item; stays true while nobody else pushes or closes.
  bool TakesMore() const {
    std::lock_guard lock(mutex_);
    return !closed_ && items_.size() < capacity_;
  }

  // Lets PopAll return although nothing came.
  void Wake() {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    ready_.notify_one();
  }

  // What is in the queue can still be taken; nothing new comes in.
  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_one();
  }

  // Swaps all items into `out` (cleared first), waiting until there are some, or Wake or Close was
  // called, or `timeout` has passed. False: closed and drained.
  template <typename Rep, typename Period>
  bool PopAll(std::vector<T>& out, std::chrono::duration<Rep, Period> timeout) {
    out.clear();
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, timeout, [this] { return !items_.empty() || woken_ || closed_; });
    woken_ = false;
    if (out.capacity() < capacity_) out.reserve(capacity_);
    std::swap(out, items_);
    return !(closed_ && out.empty());
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  mutable Mutex mutex_;
  Condition ready_;
  std::vector<T> items_;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace panelpuls
