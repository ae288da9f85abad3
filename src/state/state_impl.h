// What a State holds; shared by the files that apply the kinds of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "state/conflict_table.h"
#include "state/contributor.h"
#include "state/day_table.h"
#include "state/event_register.h"
#include "state/marked_versions.h"
#include "state/state.h"
#include "state/unit_register.h"

namespace panelpuls::state {

// Changed cells, each once. Memory fixed at construction.
class TouchedCells {
 public:
  explicit TouchedCells(std::uint64_t cells) : is_touched_((cells + 63) / 64) {
    cells_.reserve(cells);
  }
  void Touch(std::uint64_t cell) {
    std::uint64_t& word = is_touched_[cell / 64];
    const std::uint64_t bit = std::uint64_t{1} << (cell % 64);
    if ((word & bit) != 0) return;
    word |= bit;
    cells_.push_back(static_cast<std::uint32_t>(cell));
  }
  std::span<const std::uint32_t> cells() const { return cells_; }
  void Clear() {
    for (const std::uint32_t cell : cells_) is_touched_[cell / 64] = 0;
    cells_.clear();
  }

 private:
  std::vector<std::uint64_t> is_touched_;
  std::vector<std::uint32_t> cells_;
};

struct State::Impl {
  Impl(std::shared_ptr<const wave::Wave> wave, const StateOptions& options);

  // A response's version on its way into the register.
  struct Version {
    wave::ResponseHeader header;
    const std::byte* record = nullptr;
    const std::byte* content = nullptr;
    Micros receipt_time = kNoTime;
    bool marked() const { return (header.flags & wave::kMarked) != 0; }
    PseudonymKey key() const { return {header.pseudonym_high, header.pseudonym_low}; }
  };

  // Steps of loading ahead: of the response at that place, if there is one.
  const std::byte* ResponseAt(std::span<const std::byte> records, std::uint32_t place) const;
  void LoadSlot(std::span<const std::byte> records, std::uint32_t place) const;
  void LoadUnit(std::span<const std::byte> records, std::uint32_t place) const;

  // response_apply.cc
  Applied ApplyResponse(std::span<std::byte> record, Micros receipt_time);
  Applied ApplyTest(const Version& version);
  Applied ApplyConflict(std::uint32_t unit, const WordHead& word, const Version& version);
  std::uint32_t InsertUnit(const PseudonymKey& key);
  // Makes the version the channel's word and brings cube and counters up to date.
  void ReplaceWord(std::uint32_t unit, const Version& version, bool conflict);
  void CountJournaled(const Version& version);
  std::uint8_t PickWinner(std::uint32_t unit) const;
  Standing StandingOf(std::uint32_t unit, std::uint8_t winner) const;
  // Adds (+1) or takes away (-1) what the winning word counts in counters.
  void CountStanding(Standing standing, std::uint8_t channel, std::uint16_t day, int sign);
  void CountInCube(std::uint32_t unit, std::uint8_t channel, bool add);
  // Of a respondent's record, the counters by indicator group.
  void CountGroup(std::uint32_t unit, std::uint8_t channel, std::size_t group, int sign);
  // Puts the frame's categories and base weight into the record; true: it had others.
  bool ReplaceByFrame(std::uint32_t unit, std::byte* record) const;

  // event_apply.cc
  Applied ApplyCaseEvent(const wave::CaseEventRecord& event, Micros receipt_time);
  Applied ApplyFrameUnit(std::span<const std::byte> record);
  // What is known of a unit of the register, by its responses and its events.
  CaseStanding CaseStandingOf(std::uint32_t unit) const;
  // At a unit's first response: what events said about it counts no longer.
  void ForgetEventsAboutResponse(std::uint32_t unit, const PseudonymKey& key);
  // `unit`: in the register of units, or kNotFound when only events speak of it.
  void MoveCase(std::uint32_t unit, const CaseStanding& from_case, const CaseStanding& to_case);

  std::shared_ptr<const wave::Wave> wave;
  StateOptions options;
  UnitRegister units;
  EventRegister events;
  ConflictTable conflicts;
  MarkedVersions marked_versions;
  Cube cube;
  Counters counters;
  TouchedCells touched;
  DayTable days;
  Contributor contributor;
  Contribution contribution;  // scratch
  bool frame_complete = false;
  std::uint64_t attention_changes = 0;
  std::uint32_t day_count = 0;
  std::size_t group_count = 0;  // Counters::GroupCount
  // Indicator group of the record that CountGroup last took out and put in; group_count: of none.
  std::size_t group_taken_out = 0;
  std::size_t group_put_in = 0;
  std::uint32_t category_bytes = 0;
};

}  // namespace panelpuls::state
