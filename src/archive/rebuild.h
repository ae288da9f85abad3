// From journals to states: applies groups in order, and cuts the state at the end of each hour of
// receipt for the history. Used when an engine starts, by replay and by verify.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/directory.h"
#include "archive/historian.h"
#include "archive/hour_cut.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "journal/journal.h"
#include "state/state.h"
#include "wave/changes.h"
#include "wave/record_check.h"
#include "wave/translation.h"
#include "wave/wave.h"

namespace panelpuls::archive {

// Journal options that follow from the directory.
journal::JournalOptions JournalOptionsFor(const DirectoryInfo& info, std::uint32_t partition);

// What the first partition's journal says before its groups are applied.
struct JournalHead {
  std::shared_ptr<const wave::Wave>
      wave;  // definition in force at the end; null: nothing journaled
  std::vector<wave::DefinitionVersion> definitions;  // all of them, without their changes
  std::uint64_t frame_units = 0;     // of the whole frame; 0: no frame, or its import broke off
  std::uint64_t imported_units = 0;  // of the first partition, by what was journaled
};
struct HeadOptions {
  std::optional<Micros> until;  // groups received later are not looked at
  bool stop_at_data =
      false;  // ends before the first group of responses: later definitions are not seen
};
absl::StatusOr<JournalHead> ReadHead(FileSystem& files, const std::string& directory,
                                     const DirectoryInfo& info, const HeadOptions& options);

// The definition in a group's payload; null when the group holds none. DataLoss: it is cut short,
// is none, or is another than the group says.
absl::StatusOr<std::shared_ptr<const wave::Wave>> DefinitionOf(const journal::GroupView& group,
                                                               const std::string& where);

// Where a partition stands after its groups were applied.
struct PartitionProgress {
  std::shared_ptr<const wave::Wave> wave;  // in force; null: nothing journaled
  // All that were in force, without their changes.
  std::vector<wave::DefinitionVersion> definitions;
  Micros last_receipt = kNoTime;
  Micros hour = kNoTime;  // local hour of the last group of responses or events
  journal::Position position = 0;
};

// Applies the groups of one partition. What they hold is looked at as input is: a record that could
// not have been accepted under the definition that was in force then, that belongs to another
// partition, or that the state does not accept again is a fault, named by folder, position and
// number, and is not counted. Threads  one.
class GroupApplier {
 public:
  struct Options {
    // The definition that the state was made with; it must be one that may follow those in the
    // journal. Records of those are translated.
    std::shared_ptr<const wave::Wave> wave;
    std::optional<Micros> until;
    std::string where;  // for messages: the partition's folder
    std::uint32_t partition = 0;
    std::uint32_t partitions = 1;
    // The state at the end of an hour, before the first group of a later one.
    std::function<void(Micros hour, Micros passed, const std::shared_ptr<const wave::Wave>&)>
        on_hour;
    // Takes each fault, for verify, and reading goes on behind it; empty: the first one is an
    // error.
    std::function<void(const std::string&)> on_fault;
  };
  GroupApplier(state::State& state, Options options);

  // DataLoss naming folder, position, record and field: a fault. FailedPrecondition: the state's
  // definition does not have what a record holds.
  absl::Status Apply(const journal::GroupView& group);
  const PartitionProgress& progress() const { return progress_; }

 private:
  absl::Status ApplyDefinition(const journal::GroupView& group);
  absl::Status ApplyRecords(const journal::GroupView& group);
  absl::Status ApplyWhole(const journal::GroupInfo& group, std::size_t number,
                          std::span<const std::byte> record);
  std::string FindMisplaced(const journal::GroupInfo& group,
                            std::span<const std::byte> record) const;
  // The record as one of the state's definition: itself, or translated_.
  absl::StatusOr<std::span<const std::byte>> Translated(const journal::GroupInfo& group,
                                                        std::size_t number,
                                                        std::span<const std::byte> record);
  std::string FindUnaccepted(std::span<const std::byte> record,
                             const state::Applied& applied) const;
  state::Applied ApplyRecord(std::span<const std::byte> record, Micros receipt_time);
  absl::Status Fault(const journal::GroupInfo& group, std::size_t number, std::string_view text);
  void NoteHour(Micros receipt_time, bool counts);

  state::State& state_;
  Options options_;
  PartitionProgress progress_;
  // Of the definition in force.
  std::optional<wave::RecordCheck> check_;
  std::optional<wave::RecordTranslation> translation_;  // none: records are the same
  std::vector<std::byte> translated_;
  std::vector<std::byte> scratch_;  // a response's record, which applying may change
};

// One partition of a replay. `read` visits all its groups (Journal::Open or ReadJournal).
struct PartitionReplay {
  std::unique_ptr<state::State> state;
  std::string where;
  std::uint32_t partition = 0;
  std::uint32_t partitions = 1;
  std::function<absl::Status(const journal::GroupVisitor&)> read;
  PartitionProgress progress;  // filled
};

// Replays all partitions, each on a thread of its own, and settles on the calling thread the hours
// before the last one of all partitions. The first partition's error, if any.
absl::Status ReplayPartitions(std::shared_ptr<const wave::Wave> wave, std::optional<Micros> until,
                              std::vector<PartitionReplay>& partitions, Historian& historian);

// Settles all hours before `passed` out of the partitions' present states.
void SettleBefore(Micros passed, const std::vector<PartitionReplay>& partitions,
                  Historian& historian);

}  // namespace panelpuls::archive
