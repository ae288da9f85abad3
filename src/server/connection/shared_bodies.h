// Bodies that several peers may be reading at once, such as a snapshot's: each stands in memory
// once, until the last of them has it. A newer one replaces it for those who come later, so that
// slow readers could hold one of every version: where too much is held so, they are crowded.
// Threads  its io thread alone.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>

namespace panelpuls::server {

class SharedBodies {
 public:
  explicit SharedBodies(std::size_t limit) : limit_(limit) {}
  SharedBodies(const SharedBodies&) = delete;
  SharedBodies& operator=(const SharedBodies&) = delete;

  // While a peer reads what `owner` holds, of so many bytes.
  class Use {
   public:
    Use(SharedBodies& bodies, const void* owner, std::size_t bytes)
        : bodies_(bodies), owner_(owner) {
      Held& held = bodies_.held_[owner_];
      if (held.uses++ > 0) return;
      held.bytes = bytes;
      bodies_.bytes_ += bytes;
    }
    ~Use() {
      const auto held = bodies_.held_.find(owner_);
      if (--held->second.uses > 0) return;
      bodies_.bytes_ -= held->second.bytes;
      bodies_.held_.erase(held);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    SharedBodies& bodies_;
    const void* const owner_;
  };

  std::size_t bytes() const { return bytes_; }
  bool crowded() const { return bytes_ > limit_; }

 private:
  struct Held {
    std::size_t uses = 0;
    std::size_t bytes = 0;
  };

  const std::size_t limit_;
  std::size_t bytes_ = 0;
  absl::flat_hash_map<const void*, Held> held_;
};

}  // namespace panelpuls::server
