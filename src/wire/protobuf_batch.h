// Batches in protobuf: one scan over the top level, then record by record.
// Threads  one at a time.
#pragma once

#include <string_view>
#include <vector>

#include "wire/batch_reader.h"
#include "wire/protobuf_record.h"

namespace panelpuls::wire {

class ProtobufBatchReader {
 public:
  absl::Status Read(std::string_view bytes, const BatchLimits& limits, BatchSink& sink);
  IgnoredFields& ignored_fields() { return ignored_; }

 private:
  absl::Status Scan(std::string_view bytes, const BatchLimits& limits, BatchHeader& header);

  // Kept from batch to batch for their room.
  std::vector<std::string_view> responses_;
  std::vector<std::string_view> case_events_;
  wave::RawResponse response_;
  RecordFault fault_;
  IgnoredFields ignored_;
};

}  // namespace panelpuls::wire
