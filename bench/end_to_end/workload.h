// The bytes a run pushes: a file of responses, held as the batches' fields side by side, so that a
// batch is a slice of them and nothing is copied or encoded while the clock runs. The file is gone
// through again and again; the first three bytes of each respondent id say which pass it is, so
// that a run never meets a unit of an earlier pass. Threads  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls::bench {

// Consecutive responses, each as field 2 of a Batch. A whole Batch without its sequence.
struct Slice {
  std::string_view bytes;  // into the workload; unchanged until the slice is released
  std::uint32_t responses = 0;
  std::size_t number = 0;  // of the slice in a pass
};

class Workload {
 public:
  // `file`: varint-delimited Response messages, as `panelpuls simulate --output x.pb` writes them;
  // batch_size: at least 1. InvalidArgument naming the record: not that, an id shorter than four
  // bytes, or ids that the marks of the passes would make equal.
  static absl::StatusOr<Workload> Make(std::string_view file, std::uint32_t batch_size);

  // The next slice, under the ids of its pass. None: it is still out from the pass before; it must
  // be released first, since its bytes would change under a write.
  std::optional<Slice> Take();
  // The slice's bytes are no longer needed.
  void Release(const Slice& slice) { out_[slice.number] = false; }

  std::uint64_t responses_in_file() const { return ids_.size(); }
  std::uint64_t bytes_in_file() const { return bytes_.size(); }

 private:
  Workload() = default;
  void Mark(std::size_t first, std::size_t last);

  std::string bytes_;
  std::vector<std::size_t> ids_;     // [response] offset of its id
  std::vector<std::size_t> begins_;  // [response] offset of its field; one more for the end
  std::size_t batch_size_ = 1;
  std::vector<bool> out_;  // [slice] taken and not yet released
  std::size_t next_ = 0;   // slice
  std::uint32_t pass_ = 0;
};

}  // namespace panelpuls::bench
