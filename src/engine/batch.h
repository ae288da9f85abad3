// A batch on its way from an io thread to the writers and back: resolved records in the journal's
// own layout, and what became of each. Recycled, so that a steady stream allocates nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "identity/pseudonym.h"
#include "state/state.h"
#include "wave/outcome.h"
#include "wave/resolver.h"

namespace panelpuls::engine {

// What a writer found for one record.
struct RecordVerdict {
  wave::Result result = wave::Result::kAccepted;
  const state::Cause* cause = nullptr;  // kRejected: why; static
};

// Threads  owned by one thread at a time: io thread, then the writers (each touches the verdicts of
//          its own partition's records alone), then again the io thread.
struct Batch {
  // Responses: response_count records of wave.layout.size bytes, pseudonyms filled in; room behind.
  std::vector<std::byte> responses;
  std::uint32_t response_count = 0;
  std::vector<std::uint32_t> response_index;  // place in the sender's batch
  std::vector<RecordVerdict> response_verdicts;
  std::vector<wave::CaseEventRecord> events;
  std::vector<std::uint32_t> event_index;
  std::vector<std::string> event_ids;  // as sent, for the result
  std::vector<RecordVerdict> event_verdicts;
  Micros simulated_time = kNoTime;
  Micros received_at = kNoTime;
  // Records refused while decoding; after completion all counts and results, sorted.
  wave::BatchOutcome outcome;

  // Partitions that have not finished with it. The writer that brings it to 0 completes the batch.
  // pairs-with: itself (acq_rel): the last writer sees the verdicts of all others.
  std::atomic<std::uint32_t> partitions_left{0};
  std::function<void(std::unique_ptr<Batch>)> done;

  void Clear();
};

// Makes batches out of decoded records: resolves each, makes the pseudonyms in bulk.
// Threads  one io thread owns one. Keeps the wave alive.
class BatchBuilder {
 public:
  BatchBuilder(std::shared_ptr<const wave::Wave> wave, const identity::DirectoryKey& key,
               wave::ResolveOptions options);
  ~BatchBuilder();

  void Begin();
  void AddResponse(std::uint32_t index, const wave::RawResponse& response);
  // For a response that the caller resolves: room for its record, then the record itself, as
  // wave::Resolver would have it. Room that is not used is asked for again.
  std::span<std::byte> RoomForResponse();
  void AddResolvedResponse(std::uint32_t index, std::string_view respondent_id);
  void AddCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event);
  void Reject(wave::RecordKind kind, std::uint32_t index, std::string_view field,
              std::string_view reason);
  // The batch, ready for Engine::Submit. Records refused so far stand in its outcome.
  std::unique_ptr<Batch> Finish(Micros simulated_time, std::uint64_t sequence);
  // Gives a finished batch back for reuse.
  void Recycle(std::unique_ptr<Batch> batch);

  // Refused records and ignored questions since the last call, for the attention list and counters.
  struct Refusal {
    std::string respondent_pseudonym;  // hex; empty when the id itself was bad
    std::string channel;
    std::uint32_t revision = 0;
    std::string reason;  // "field: reason"
  };
  std::vector<Refusal> TakeRefusals();
  std::vector<std::string> TakeIgnoredQuestions(std::uint64_t* count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::engine
