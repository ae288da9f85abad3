#include "server/connection/byte_budget.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace panelpuls::server {

ByteBudget::~ByteBudget() { PP_CHECK(used_ == 0 && waiting_.empty()); }

bool ByteBudget::Share::TryTake(std::size_t more) {
  if (budget_.pressed() || !budget_.HasRoomFor(more)) return false;
  Set(bytes_ + more);
  return true;
}

void ByteBudget::Share::Set(std::size_t bytes) {
  const std::size_t before = std::exchange(bytes_, bytes);
  budget_.used_ += bytes - before;
  budget_.peak_ = std::max(budget_.peak_, budget_.used_);
  if (bytes < before) budget_.Give();
}

ByteBudget::Waiter::Waiter(Share& share, std::size_t more, Wakeup& wake)
    : share_(share), more_(more), wake_(wake) {
  std::list<Waiter*>& waiting = share_.budget_.waiting_;
  const auto behind = std::find_if(waiting.begin(), waiting.end(),
                                   [more](const Waiter* other) { return other->more_ > more; });
  waiting.insert(behind, this);
  share_.budget_.Give();
}

ByteBudget::Waiter::~Waiter() {
  if (has_taken_) return;
  share_.budget_.waiting_.remove(this);
  share_.budget_.Give();
}

void ByteBudget::Give() {
  while (!waiting_.empty() && HasRoomFor(waiting_.front()->more_)) {
    Waiter& first = *waiting_.front();
    waiting_.pop_front();
    first.has_taken_ = true;
    first.share_.Set(first.share_.bytes_ + first.more_);
    first.wake_.Set();
  }
}

std::size_t ByteBudget::TakePeak() { return std::exchange(peak_, used_); }

}  // namespace panelpuls::server
