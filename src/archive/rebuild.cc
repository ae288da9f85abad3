#include "archive/rebuild.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "identity/pseudonym.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::archive {
namespace {

wave::RecordType FirstType(const journal::GroupView& group) {
  return group.payload.empty() ? wave::RecordType{}
                               : static_cast<wave::RecordType>(group.payload[0]);
}

bool IsSetup(wave::RecordType type) {
  return type == wave::RecordType::kDefinition || type == wave::RecordType::kFrameUnit ||
         type == wave::RecordType::kFrameEnd;
}

bool IsTime(Micros time) { return time >= kLeastTime && time <= kMostTime; }

// Whether a group of a definition holds that of `wave`, byte for byte.
bool HoldsDefinition(const journal::GroupView& group, const wave::Wave& wave) {
  constexpr std::size_t kBegin = sizeof(wave::DefinitionHeader);
  return group.info.definition_id == wave.definition_id &&
         group.payload.size() >= kBegin + wave.canonical.size() &&
         std::memcmp(group.payload.data() + kBegin, wave.canonical.data(), wave.canonical.size()) ==
             0;
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
  constexpr std::string_view kMend = "restore the directory from a backup";
  const std::string name = fmt::format("{}: definition at position {}", where, group.info.position);
  wave::DefinitionHeader header;
  if (group.payload.size() < sizeof header) return DataLoss("{}: is cut short; {}", name, kMend);
  std::memcpy(&header, group.payload.data(), sizeof header);
  if (group.payload.size() < sizeof header + std::size_t{header.length}) {
    return DataLoss("{}: is cut short; {}", name, kMend);
  }
  const auto* text = reinterpret_cast<const char*>(group.payload.data()) + sizeof header;
  const auto wave = wave::WaveFromCanonical({text, header.length}, name);
  // What this machine lacks is no damage.
  if (absl::IsFailedPrecondition(wave.status())) return wave.status();
  if (!wave.ok()) return DataLoss("{}; {}", ToStd(wave.status().message()), kMend);
  if ((*wave)->definition_id != group.info.definition_id) {
    return DataLoss("{}: is another one than the group says; {}", name, kMend);
  }
  return *wave;
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
    if (FirstType(group) == wave::RecordType::kFrameUnit && head.wave != nullptr) {
      head.imported_units += group.payload.size() / wave::FrameUnitSize(*head.wave);
    }
    PP_ASSIGN_OR_RETURN(auto wave, DefinitionOf(group, path));
    if (wave == nullptr) return absl::OkStatus();
    head.definitions.push_back({.wave = wave, .since = group.info.receipt_time});
    head.wave = std::move(wave);
    return absl::OkStatus();
  };
  const auto report = journal::ReadJournal(files, path, JournalOptionsFor(info, 0), visit);
  if (!report.ok() && !stopped) return report.status();
  return head;
}

GroupApplier::GroupApplier(state::State& state, Options options)
    : state_(state), options_(std::move(options)), scratch_(options_.wave->layout.size) {}

absl::Status GroupApplier::Apply(const journal::GroupView& group) {
  if (!IsTime(group.info.receipt_time)) {
    return DataLoss(
        "{}: the receipt time of the group at position {} is outside the years 1 to 9999; restore "
        "the directory from a backup",
        options_.where, group.info.position);
  }
  if (options_.until.has_value() && group.info.receipt_time > *options_.until)
    return absl::OkStatus();
  const wave::RecordType type = FirstType(group);
  const bool is_definition = type == wave::RecordType::kDefinition;
  if (!is_definition &&
      (progress_.wave == nullptr || progress_.wave->definition_id != group.info.definition_id)) {
    return DataLoss(
        "{}: group at position {} belongs to a definition that is not before it; restore "
        "the directory from a backup",
        options_.where, group.info.position);
  }
  NoteHour(group.info.receipt_time, !IsSetup(type));
  PP_RETURN_IF_ERROR(is_definition ? ApplyDefinition(group) : ApplyRecords(group));
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
  std::shared_ptr<const wave::Wave> wave = options_.wave;
  if (!HoldsDefinition(group, *wave)) {
    PP_ASSIGN_OR_RETURN(wave, DefinitionOf(group, options_.where));
  }
  if (wave::RecordLength(*wave, group.payload) != group.payload.size()) {
    return Fault(group.info, 0, "is a definition, which stands alone in its group");
  }
  if (const wave::RecordFault fault = wave::RecordCheck(*wave).Find(group.payload)) {
    return Fault(group.info, 0, fault.text());
  }
  const auto taking_back =
      progress_.definitions.empty() ? wave::TakingBack::kRefused : wave::TakingBack::kWhileUnused;
  PP_RETURN_IF_ERROR(wave::CheckCompatible(*wave, *options_.wave, taking_back));
  progress_.definitions.push_back({.wave = wave, .since = group.info.receipt_time});
  check_.emplace(*wave);
  translation_.reset();
  if (wave != options_.wave) translation_.emplace(*wave, *options_.wave);
  if (translation_ && translation_->is_identity()) translation_.reset();
  progress_.wave = std::move(wave);
  return absl::OkStatus();
}

absl::Status GroupApplier::ApplyRecords(const journal::GroupView& group) {
  std::span<const std::byte> rest = group.payload;
  const wave::RecordType first = FirstType(group);
  // Ahead is counted in records of the state's layout.
  const bool is_translated = translation_.has_value();
  if (!is_translated) state_.BeginLoading(rest);
  for (std::size_t number = 0; !rest.empty(); ++number) {
    if (!is_translated) state_.LoadAhead(rest);
    const std::size_t length = wave::RecordLength(*progress_.wave, rest);
    if (length == 0) {
      return Fault(group.info, number, fmt::format("is none of wave \"{}\"", options_.wave->id));
    }
    const auto record = rest.first(length);
    const auto type = static_cast<wave::RecordType>(record[0]);
    if (IsSetup(type) ? type != first : IsSetup(first)) {
      PP_RETURN_IF_ERROR(Fault(group.info, number, "is of another kind than those before it"));
    } else {
      PP_RETURN_IF_ERROR(ApplyWhole(group.info, number, record));
    }
    rest = rest.subspan(length);
  }
  return absl::OkStatus();
}

absl::Status GroupApplier::ApplyWhole(const journal::GroupInfo& group, std::size_t number,
                                      std::span<const std::byte> record) {
  if (const wave::RecordFault fault = check_->Find(record)) {
    return Fault(group, number, fault.text());
  }
  if (const std::string fault = FindMisplaced(group, record); !fault.empty()) {
    return Fault(group, number, fault);
  }
  PP_ASSIGN_OR_RETURN(const auto own, Translated(group, number, record));
  const state::Applied applied = ApplyRecord(own, group.receipt_time);
  if (const std::string fault = FindUnaccepted(own, applied); !fault.empty()) {
    return Fault(group, number, fault);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::span<const std::byte>> GroupApplier::Translated(
    const journal::GroupInfo& group, std::size_t number, std::span<const std::byte> record) {
  if (!translation_) return record;
  const std::string lost = translation_->Translate(record, &translated_);
  if (lost.empty()) return std::span<const std::byte>(translated_);
  return FailedPrecondition(
      "{}: record {} of the group at position {} holds {}, which is not in its place any more; put "
      "it back: what was added while the wave runs may be taken out only while no record holds it",
      options_.where, number, group.position, lost);
}

std::string GroupApplier::FindMisplaced(const journal::GroupInfo& group,
                                        std::span<const std::byte> record) const {
  const auto type = static_cast<wave::RecordType>(record[0]);
  if (IsSetup(type) && state_.frame_complete()) return "is of the sample frame, behind its end";
  if (type == wave::RecordType::kFrameEnd) {
    wave::FrameEndRecord end;
    std::memcpy(&end, record.data(), sizeof end);
    const std::uint64_t units = state_.counters().frame_units;
    if (units <= end.units) return {};
    return fmt::format("units {} are fewer than the {} before it", end.units, units);
  }
  const identity::Pseudonym pseudonym{.high = wave::LoadPseudonymHigh(record.data()),
                                      .low = wave::LoadPseudonymLow(record.data())};
  const std::uint32_t own = identity::PartitionOf(pseudonym, options_.partitions);
  if (own != options_.partition) return fmt::format("belongs to partition {}", own);
  if (type != wave::RecordType::kResponse) return {};
  const wave::ResponseHeader header = wave::LoadResponseHeader(record.data());
  const bool marked = (header.flags & wave::kMarked) != 0;
  if (marked == wave::IsMarked(*progress_.wave, header.collected_at, group.receipt_time)) return {};
  return marked ? "is marked although its time can be"
                : "is not marked although its time cannot be";
}

std::string GroupApplier::FindUnaccepted(std::span<const std::byte> record,
                                         const state::Applied& applied) const {
  if (!applied.journal) {
    // Under a smaller max_respondents the table of conflicts was smaller too, and a content that it
    // could not remember was kept each time it won.
    const bool known_by_now =
        applied.result == wave::Result::kConflict || applied.result == wave::Result::kDuplicate;
    if (known_by_now && progress_.wave->max_respondents < options_.wave->max_respondents) return {};
    return fmt::format("would not be journaled again ({})",
                       wave::kResultCodes[static_cast<std::size_t>(applied.result)]);
  }
  const bool is_response = static_cast<wave::RecordType>(record[0]) == wave::RecordType::kResponse;
  if (is_response && options_.wave->has_frame &&
      std::memcmp(scratch_.data(), record.data(), record.size()) != 0) {
    return "has other categories or another base weight than the sample frame";
  }
  return {};
}

absl::Status GroupApplier::Fault(const journal::GroupInfo& group, std::size_t number,
                                 std::string_view text) {
  const std::string fault = fmt::format("{}: record {} of the group at position {}: {}",
                                        options_.where, number, group.position, text);
  if (!options_.on_fault) {
    return DataLoss("{}; restore the directory from a backup", fault);
  }
  options_.on_fault(fault);
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

}  // namespace panelpuls::archive
