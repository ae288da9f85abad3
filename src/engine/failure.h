// The end of an engine: a write or fsync failed, so what stands on disk is not known. Reported
// once; after it nothing is acknowledged or published. Threads  any.
#pragma once

#include <atomic>
#include <functional>

#include "base/status.h"

namespace panelpuls::engine {

class Failure {
 public:
  explicit Failure(std::function<void(const absl::Status&)> on_fatal)
      : on_fatal_(std::move(on_fatal)) {}

  bool failed() const { return failed_.load(std::memory_order_acquire); }
  void Report(const absl::Status& status) {
    if (!failed_.exchange(true, std::memory_order_acq_rel)) on_fatal_(status);
  }

 private:
  std::function<void(const absl::Status&)> on_fatal_;
  // pairs-with: failed() of writers and the snapshot thread (acquire): what failed is seen failed
  // before anything later of the same partition is looked at.
  std::atomic<bool> failed_{false};
};

}  // namespace panelpuls::engine
