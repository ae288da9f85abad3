// The bytes that every store gets: batches as a collector sends them, made of a file of
// varint-delimited Response messages (`panelpuls simulate --output FILE.pb`).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/batch.h"
#include "wire/batch_reader.h"
#include "wire/plain_response.h"

namespace panelpuls::bench {

struct Workload {
  std::vector<std::string> batches;  // serialized Batch messages
  std::uint64_t responses = 0;
  std::uint64_t bytes = 0;
};
// InvalidArgument: the file is not such a file, or is empty.
absl::StatusOr<Workload> ReadWorkload(const std::string& path, std::uint32_t batch_size);

// From wire bytes to resolved records with pseudonyms: the project's own code, as its io threads
// run it. Threads  one at a time.
class Intake {
 public:
  Intake(std::shared_ptr<const wave::Wave> wave, const identity::DirectoryKey& key);
  // InvalidArgument: a record of it was refused.
  absl::StatusOr<std::unique_ptr<engine::Batch>> Read(std::string_view bytes);
  void Recycle(std::unique_ptr<engine::Batch> batch) { builder_.Recycle(std::move(batch)); }

 private:
  engine::BatchBuilder builder_;
  wire::BatchReader reader_;
  wire::PlainResponseDecoder plain_;
};

}  // namespace panelpuls::bench
