// State of one partition: the register of channel words, the register of case events, the cube, the
// counters. A function of the records applied; for the cube any order and any repetition of the
// same records gives the same (docs/PROTOCOL.md).
//
// Memory   fixed at Create; nothing on the way of a response allocates.
// Threads  one writer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time_zone.h"
#include "state/counters.h"
#include "state/cube.h"
#include "wave/outcome.h"
#include "wave/record.h"
#include "wave/wave.h"

namespace panelpuls::state {

struct StateOptions {
  std::uint32_t partitions =
      1;  // of the wave; this state holds about max_respondents / partitions units
  std::uint64_t frame_units = 0;  // with a frame: units of the whole frame
};

// Why a record was rejected, as static text (such as "unit is not in the sample frame").
struct Cause {
  std::string_view field;
  std::string_view reason;
};

// What applying a record did. Small enough to be returned in registers.
struct Applied {
  wave::Result result = wave::Result::kAccepted;
  bool journal = false;     // the record must be kept
  bool correction = false;  // it replaced an earlier word
  // kConflict: the table of conflicts was full, so the loser is remembered nowhere; when the record
  // itself is the loser it is not kept.
  bool untracked = false;
  // kRejected: why; kConflict: which of the two contents counts. Static.
  const Cause* cause = nullptr;
};
static_assert(sizeof(Applied) == 16);

struct StateMemory {
  std::uint64_t units = 0;           // room in the register
  std::uint64_t bytes_per_unit = 0;  // slab and index
  std::uint64_t register_bytes = 0;
  std::uint64_t event_register_bytes = 0;
  std::uint64_t conflict_bytes = 0;
  std::uint64_t cube_bytes = 0;
  std::uint64_t total() const {
    return register_bytes + event_register_bytes + conflict_bytes + cube_bytes;
  }
};

// A respondent as its winning word has it.
struct Respondent {
  std::uint64_t pseudonym_high = 0;
  std::uint64_t pseudonym_low = 0;
  std::uint8_t channel = 0;
  bool complete = false;  // else partial with the required questions
  // Local date of collected_at (marked: of receipt); kNoDate: no time was given.
  LocalDate collected_on = kNoDate;
  const std::byte* record = nullptr;  // content fields of the wave's layout; as long as the state
};

class State {
 public:
  // ResourceExhausted: the memory cannot be had; says how many bytes for what.
  static absl::StatusOr<std::unique_ptr<State>> Create(std::shared_ptr<const wave::Wave> wave,
                                                       const StateOptions& options);
  // What Create would take, without taking it.
  static StateMemory MemoryFor(const wave::Wave& wave, const StateOptions& options);
  ~State();

  // `record`: a response of the wave's layout with pseudonym and mark set. With a frame its
  // categories and base weight are replaced by the frame's, so that what is journaled is what
  // counts.
  Applied ApplyResponse(std::span<std::byte> record, Micros receipt_time);
  Applied ApplyCaseEvent(const wave::CaseEventRecord& event, Micros receipt_time);
  // FrameUnitHeader and categories. Only before the first response; a unit given twice is kept
  // once.
  Applied ApplyFrameUnit(std::span<const std::byte> record);
  // From now on a unit that is not in the frame is rejected.
  void EndFrame();
  bool frame_complete() const;

  // Starts loading what the responses that come next will touch: before the first of a row of
  // records, and before each. `records`: the one to be applied next and those behind it, the
  // responses among them of the layout's size; what stands otherwise is loaded in vain.
  void BeginLoading(std::span<const std::byte> records) const;
  void LoadAhead(std::span<const std::byte> records) const;

  const wave::Wave& wave() const;
  const Cube& cube() const;
  const Counters& counters() const;
  // Cells whose block changed since ClearTouched, each once.
  std::span<const std::uint32_t> touched_cells() const;
  void ClearTouched();

  // Open conflicts and marked versions, newest last, at most `limit` of each kind. changed() counts
  // up with every change of the list.
  void ListAttention(std::size_t limit, std::vector<AttentionEntry>* out) const;
  std::uint64_t attention_changes() const;

  // Units that the register knows, numbered from 0 in order of their first record.
  std::uint32_t unit_count() const;
  // None: the unit is no respondent.
  std::optional<Respondent> RespondentAt(std::uint32_t unit) const;

  StateMemory memory() const;

  // Takes the registers' pages from the system now, until `stop`, instead of as they are used:
  // getting and clearing a huge page takes up to milliseconds, which a writer is spared. Any
  // thread, beside the writer.
  void TakePages(const std::stop_token& stop) const;

 private:
  struct Impl;
  explicit State(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::state
