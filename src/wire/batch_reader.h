// Batches from the wire, split into records first and each decoded alone (docs/PROTOCOL.md): broken
// framing refuses the batch, anything wrong inside a record refuses that record with index, field
// and reason. Threads  a reader: one at a time, reused from batch to batch. Holds no wave: codes
// stay codes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "wave/outcome.h"
#include "wave/response.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {

enum class BatchFormat { kProtobuf, kJson };

// The batch's own fields.
struct BatchHeader {
  std::string wave;                 // empty: absent
  Micros simulated_time = kNoTime;  // kNoTime: absent
  std::uint64_t sequence = 0;
};

// Receives a batch in this order: Begin once, then its records in the sender's order within each
// kind. Views are valid during the call.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  // A failed status ends the reading with that status (unknown wave, simulated time not allowed).
  virtual absl::Status OnHeader(const BatchHeader& header) = 0;
  // The bytes of a protobuf Response, before they are decoded. True: taken as they are, and
  // OnResponse is not called for it.
  virtual bool OnEncodedResponse(std::uint32_t, std::string_view) { return false; }
  virtual void OnResponse(std::uint32_t index, const wave::RawResponse& response) = 0;
  virtual void OnCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event) = 0;
  // A record that could not be decoded (wrong types, bad UTF-8, out of range).
  virtual void OnBadRecord(wave::RecordKind kind, std::uint32_t index,
                           const RecordFault& fault) = 0;
};

struct BatchLimits {
  std::uint32_t max_records = 10'000;
  std::size_t max_bytes = 4u << 20;  // of the decoded body
};

class BatchReader {
 public:
  explicit BatchReader(const BatchLimits& limits);
  ~BatchReader();

  // InvalidArgument: broken framing (nothing was given to the sink's record functions, or what was
  // given is to be thrown away); ResourceExhausted: more records or bytes than the limits.
  // `bytes` may be read up to 64 bytes beyond its end when `padded` is true (JSON is then not
  // copied).
  absl::Status Read(std::string_view bytes, BatchFormat format, BatchSink& sink,
                    bool padded = false);
  // Fields that the schema has not, since the last call: how many, and the names met so far
  // (IgnoredFields).
  std::vector<std::string> TakeIgnoredFields(std::uint64_t* count);
  // Frees what is kept from batch to batch.
  void GiveBack();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::wire
