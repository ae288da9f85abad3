#include "engine/recovery.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

wave::RecordType FirstType(const journal::GroupView& group) {
  return group.payload.empty() ? wave::RecordType{}
                               : static_cast<wave::RecordType>(group.payload[0]);
}

bool IsSetup(wave::RecordType type) {
  return type == wave::RecordType::kDefinition || type == wave::RecordType::kFrameUnit ||
         type == wave::RecordType::kFrameEnd;
}

std::uint64_t FrameUnitsIn(const journal::GroupView& group) {
  wave::FrameEndRecord end;
  if (group.payload.size() < sizeof end) return 0;
  std::memcpy(&end, group.payload.data(), sizeof end);
  return end.units;
}

}  // namespace

journal::JournalOptions JournalOptionsFor(const DirectoryInfo& info, std::uint32_t partition) {
  journal::JournalOptions options;
  options.incarnation = info.incarnation;
  options.partition = partition;
  options.must_exist = info.ready;
  return options;
}

absl::StatusOr<std::shared_ptr<const wave::Wave>> DefinitionOf(const journal::GroupView& group,
                                                               const std::string& where) {
  if (FirstType(group) != wave::RecordType::kDefinition) return nullptr;
  wave::DefinitionHeader header;
  if (group.payload.size() >= sizeof header) {
    std::memcpy(&header, group.payload.data(), sizeof header);
  }
  const std::string name = fmt::format("{}: definition at position {}", where, group.info.position);
  if (group.payload.size() < sizeof header + header.length) {
    return DataLoss("{}: is cut short; restore the directory from a backup", name);
  }
  const auto* text = reinterpret_cast<const char*>(group.payload.data()) + sizeof header;
  return wave::WaveFromCanonical({text, header.length}, name);
}

absl::StatusOr<JournalHead> ReadHead(FileSystem& files, const std::string& directory,
                                     const DirectoryInfo& info, const HeadOptions& options) {
  JournalHead head;
  bool stopped = false;
  const std::string path = PartitionPath(directory, 0);
  const auto visit = [&](const journal::GroupView& group) -> absl::Status {
    if (options.until.has_value() && group.info.receipt_time > *options.until)
      return absl::OkStatus();
    if (!IsSetup(FirstType(group))) {
      stopped = options.stop_at_data;
      return stopped ? absl::CancelledError("enough") : absl::OkStatus();
    }
    if (FirstType(group) == wave::RecordType::kFrameEnd) head.frame_units = FrameUnitsIn(group);
    PP_ASSIGN_OR_RETURN(auto wave, DefinitionOf(group, path));
    if (wave != nullptr) head.wave = std::move(wave);
    return absl::OkStatus();
  };
  const auto report = journal::ReadJournal(files, path, JournalOptionsFor(info, 0), visit);
  if (!report.ok() && !stopped) return report.status();
  return head;
}

GroupApplier::GroupApplier(state::State& state, Options options)
    : state_(state), options_(std::move(options)), scratch_(options_.wave->layout.size) {}

absl::Status GroupApplier::Apply(const journal::GroupView& group) {
  if (options_.until.has_value() && group.info.receipt_time > *options_.until)
    return absl::OkStatus();
  const wave::RecordType type = FirstType(group);
  NoteHour(group.info.receipt_time, !IsSetup(type));
  if (type == wave::RecordType::kDefinition) {
    PP_RETURN_IF_ERROR(ApplyDefinition(group));
  } else if (progress_.wave == nullptr ||
             progress_.wave->definition_id != group.info.definition_id) {
    return DataLoss(
        "{}: group at position {} belongs to a definition that is not before it; restore "
        "the directory from a backup",
        options_.where, group.info.position);
  } else {
    PP_RETURN_IF_ERROR(ApplyRecords(group));
  }
  progress_.last_receipt = std::max(progress_.last_receipt, group.info.receipt_time);
  progress_.position = group.info.position;
  return absl::OkStatus();
}

void GroupApplier::NoteHour(Micros receipt_time, bool counts) {
  const Micros hour = options_.wave->time_zone.HourStart(receipt_time);
  if (progress_.hour != kNoTime && hour > progress_.hour && options_.on_hour) {
    options_.on_hour(progress_.hour, hour, progress_.wave);
  }
  if (counts) progress_.hour = std::max(progress_.hour, hour);
}

absl::Status GroupApplier::ApplyDefinition(const journal::GroupView& group) {
  if (group.info.definition_id == options_.wave->definition_id) {
    progress_.wave = options_.wave;
    return absl::OkStatus();
  }
  PP_ASSIGN_OR_RETURN(progress_.wave, DefinitionOf(group, options_.where));
  return wave::CheckCompatible(*progress_.wave, *options_.wave);
}

absl::Status GroupApplier::ApplyRecords(const journal::GroupView& group) {
  std::span<const std::byte> rest = group.payload;
  state_.BeginLoading(rest);
  for (std::size_t number = 0; !rest.empty(); ++number) {
    state_.LoadAhead(rest);
    const std::size_t length = wave::RecordLength(*options_.wave, rest);
    if (length == 0) {
      return DataLoss(
          "{}: record {} of the group at position {} is none of wave \"{}\"; restore the "
          "directory from a backup",
          options_.where, number, group.info.position, options_.wave->id);
    }
    const auto record = rest.first(length);
    const state::Applied applied = ApplyRecord(record, group.info.receipt_time);
    if (options_.on_record) options_.on_record(group.info, number, record, applied);
    rest = rest.subspan(length);
  }
  return absl::OkStatus();
}

state::Applied GroupApplier::ApplyRecord(std::span<const std::byte> record, Micros receipt_time) {
  switch (static_cast<wave::RecordType>(record[0])) {
    case wave::RecordType::kResponse:
      std::memcpy(scratch_.data(), record.data(), record.size());
      return state_.ApplyResponse(scratch_, receipt_time);
    case wave::RecordType::kCaseEvent: {
      wave::CaseEventRecord event;
      std::memcpy(&event, record.data(), sizeof event);
      return state_.ApplyCaseEvent(event, receipt_time);
    }
    case wave::RecordType::kFrameUnit:
      return state_.ApplyFrameUnit(record);
    case wave::RecordType::kFrameEnd:
      state_.EndFrame();
      return {.journal = true};
    case wave::RecordType::kDefinition:
    case wave::RecordType::kErasure:
      break;
  }
  static constexpr state::Cause kUnexpected{.field = "type", .reason = "not expected here"};
  return {.result = wave::Result::kRejected, .cause = &kUnexpected};
}

}  // namespace panelpuls::engine
