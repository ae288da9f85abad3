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
#include <string_view>
#include <vector>

#include "identity/pseudonym.h"
#include "state/state.h"
#include "wave/outcome.h"
#include "wave/resolver.h"

namespace panelpuls::engine {

// No writer has looked at the record.
inline constexpr wave::Result kNotJudged{wave::kResultCount};

// What a writer found for one record.
struct RecordVerdict {
  wave::Result result = kNotJudged;
  const state::Cause* cause = nullptr;  // as state::Applied has it; static
};

// What became of a batch that the engine took: the worst of what became of its shares, one a
// partition that it has records of.
enum class BatchEnd : std::uint8_t {
  kDurable,  // every record's verdict is on disk; no other end may be acknowledged
  kNoRoom,   // a share was dropped: the disk was full for too long
  kStopped,  // a share was dropped: the engine was stopping, or has failed
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
  std::string event_ids;                     // as sent, one behind the other, for the result
  std::vector<std::uint32_t> event_id_ends;  // in event_ids
  std::vector<RecordVerdict> event_verdicts;
  Micros simulated_time = kNoTime;
  // Records refused while decoding; of a durable batch all counts and results, sorted.
  wave::BatchOutcome outcome;

  // Known when `done` has it. Unless it is durable, some records may have been kept and others not;
  // the whole batch may be sent again, for what was kept counts once.
  BatchEnd end = BatchEnd::kStopped;
  std::function<void(std::unique_ptr<Batch>)> done;

  // Shares that have not ended, and how any was dropped (completion.h).
  // pairs-with: itself. The writer that ends the last share (acq_rel) sees the verdicts and the
  // drops of all others: one word, so no share can leave without what became of it.
  std::atomic<std::uint32_t> shares{0};

  std::string_view EventId(std::size_t event) const {
    const std::size_t begin = event == 0 ? 0 : event_id_ends[event - 1];
    return std::string_view(event_ids).substr(begin, event_id_ends[event] - begin);
  }
  // Of memory that it holds.
  std::size_t bytes() const;
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
  // `kept` as wave::Rejection has it.
  void Reject(wave::RecordKind kind, std::uint32_t index, std::string_view field,
              std::string_view reason, std::string_view kept = {});
  // The batch, ready for Engine::Submit. Records refused so far stand in its outcome.
  std::unique_ptr<Batch> Finish(Micros simulated_time, std::uint64_t sequence);
  // Gives a finished batch back for reuse. It is freed where kMostSpareBytes are held already.
  void Recycle(std::unique_ptr<Batch> batch);
  static constexpr std::size_t kMostSpareBytes = 4u << 20;
  // Frees what is held for reuse.
  void GiveBack();

  // Refused records and ignored questions since the last call, for the attention list and counters.
  // Of what senders wrote it holds as much as finds it (Glimpse). Equal ones in a row are
  // one.
  struct Refusal {
    std::string respondent_pseudonym;  // hex; empty when the id itself was bad
    std::string channel;
    std::uint32_t revision = 0;
    std::string reason;  // "field: reason"
    std::uint64_t count = 1;
  };
  // Most that are held between two calls; later ones of other kinds are not noted.
  static constexpr std::size_t kMaxRefusals = 1000;
  std::vector<Refusal> TakeRefusals();
  std::vector<std::string> TakeIgnoredQuestions(std::uint64_t* count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::engine
