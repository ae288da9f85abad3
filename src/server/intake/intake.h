// The one way of a batch into the engine, whatever brought it: each record decoded alone, resolved,
// pseudonymised, submitted.
// Threads  one io thread owns one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/batch.h"
#include "engine/engine.h"
#include "wire/batch_reader.h"
#include "wire/plain_response.h"

namespace panelpuls::server {

struct IntakeOptions {
  std::uint32_t max_records = 0;  // of a batch
  std::size_t max_bytes = 0;
};

struct DecodeOptions {
  wire::BatchFormat format = wire::BatchFormat::kProtobuf;
  bool padded = false;  // 64 readable bytes follow the batch
  // TCP: the sequence number the batch must have.
  std::optional<std::uint64_t> expected_sequence;
};

// A batch that may be submitted, and what its sender's mistakes were: noted once it is taken.
struct DecodedBatch {
  std::unique_ptr<engine::Batch> batch;
  std::vector<engine::BatchBuilder::Refusal> refusals;
  std::vector<std::string> ignored_questions;
  std::uint64_t ignored_count = 0;
  std::vector<std::string> ignored_fields;  // of JSON
  std::uint64_t ignored_field_count = 0;

  // Most that it will take, the answer to it included; a session holds so much for it.
  std::size_t held_bytes = 0;
};

class Intake {
 public:
  // `engine` outlives it.
  Intake(engine::Engine& engine, const IntakeOptions& options);
  ~Intake();

  // Errors  InvalidArgument: broken framing; ResourceExhausted: too many records or bytes;
  // NotFound:
  //         another wave than the open one; FailedPrecondition: simulated_time without a simulated
  //         clock; OutOfRange: not the expected sequence number.
  absl::StatusOr<DecodedBatch> Decode(std::string_view bytes, const DecodeOptions& options);

  // As Engine::Submit: unless it says kQueued, `decoded` is as before and may be tried again.
  engine::SubmitResult Submit(DecodedBatch& decoded,
                              std::function<void(std::unique_ptr<engine::Batch>)> done);
  void Recycle(std::unique_ptr<engine::Batch> batch);
  // Frees what is kept from batch to batch.
  void GiveBack();

 private:
  engine::Engine& engine_;
  wire::BatchReader reader_;
  wire::PlainResponseDecoder plain_;
  engine::BatchBuilder builder_;
};

}  // namespace panelpuls::server
