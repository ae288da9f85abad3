#include <algorithm>
#include <cstring>
#include <stop_token>
#include <utility>

#include "archive/directory.h"
#include "archive/frame_import.h"
#include "archive/kept_definitions.h"
#include "base/memory.h"
#include "base/thread.h"
#include "engine/engine_impl.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

std::vector<std::byte> DefinitionGroup(const wave::Wave& wave) {
  wave::DefinitionHeader header;
  header.length = static_cast<std::uint32_t>(wave.canonical.size());
  std::vector<std::byte> group((sizeof header + wave.canonical.size() + 7) / 8 * 8);
  std::memcpy(group.data(), &header, sizeof header);
  std::memcpy(group.data() + sizeof header, wave.canonical.data(), wave.canonical.size());
  return group;
}

absl::Status CheckOptions(const wave::Wave& wave, const EngineOptions& options) {
  if (options.directory.empty()) return InvalidArgument("no data directory was given");
  if (options.partitions < 1 || options.partitions > archive::kMaxPartitions) {
    return InvalidArgument("{} partitions: give 1 to {}", options.partitions,
                           archive::kMaxPartitions);
  }
  if (!(options.snapshots_per_second >= kMinSnapshotsPerSecond &&
        options.snapshots_per_second <= kMaxSnapshotsPerSecond)) {
    return InvalidArgument("{} snapshots a second: give {} to {}", options.snapshots_per_second,
                           kMinSnapshotsPerSecond, kMaxSnapshotsPerSecond);
  }
  if (options.queue_batches < 1) return InvalidArgument("a queue of 0 batches: give at least 1");
  if (options.max_group_bytes < wave.layout.size + sizeof(wave::CaseEventRecord)) {
    return InvalidArgument("groups of {} bytes hold no record of wave \"{}\"; give more",
                           options.max_group_bytes, wave.id);
  }
  return absl::OkStatus();
}

// The registers' memory, if it is at most half of what is free: more could push others out. What is
// not taken here comes as it is used.
void TakePages(const std::vector<archive::PartitionReplay>& replays, const std::stop_token& stop) {
  std::uint64_t bytes = 0;
  for (const archive::PartitionReplay& replay : replays) bytes += replay.state->memory().total();
  if (bytes > ReadMemoryLeft().free.value_or(0) / 2) return;
  for (const archive::PartitionReplay& replay : replays) replay.state->TakePages(stop);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(std::shared_ptr<const wave::Wave> wave,
                                                     EngineOptions options) {
  PP_RETURN_IF_ERROR(CheckOptions(*wave, options));
  auto impl = std::make_unique<Impl>(std::move(wave), std::move(options));
  PP_RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

absl::Status Engine::Impl::Open() {
  PP_RETURN_IF_ERROR(OpenDirectoryAndKey());
  auto historian = std::make_unique<archive::Historian>(wave, options.partitions);
  std::vector<std::unique_ptr<journal::Journal>> journals(options.partitions);
  PP_ASSIGN_OR_RETURN(auto replays, ReplayJournals(&journals, *historian));
  Micros last_receipt = 0;
  bool edited = false;
  for (archive::PartitionReplay& replay : replays) {
    const archive::PartitionProgress& progress = replay.progress;
    last_receipt = std::max(last_receipt, progress.last_receipt);
    edited =
        edited || (progress.wave != nullptr && progress.wave->definition_id != wave->definition_id);
  }
  simulated_clock.AdvanceTo(last_receipt);
  const Micros receipt_time = std::max(last_receipt, Now());
  // Whatever is over was under the old definition.
  if (edited) archive::SettleBefore(wave->time_zone.HourStart(receipt_time), replays, *historian);
  // No partition's next group may be older than any of another's.
  for (archive::PartitionReplay& replay : replays) replay.progress.last_receipt = last_receipt;

  std::vector<bool> has_definition;
  for (const archive::PartitionReplay& replay : replays) {
    has_definition.push_back(replay.progress.wave != nullptr &&
                             replay.progress.wave->definition_id == wave->definition_id);
  }
  definitions = replays.front().progress.definitions;
  MakePartitions(std::move(replays), std::move(journals));
  PP_RETURN_IF_ERROR(JournalDefinition(has_definition, receipt_time));
  PP_RETURN_IF_ERROR(BeginWitness());
  if (wave->has_frame) PP_RETURN_IF_ERROR(BringInFrame(receipt_time));
  PP_RETURN_IF_ERROR(archive::MarkReady(files, options.directory, &directory));
  return StartPublishing(std::move(historian));
}

absl::Status Engine::Impl::JournalDefinition(const std::vector<bool>& has_definition,
                                             Micros receipt_time) {
  const std::vector<std::byte> group = DefinitionGroup(*wave);
  for (std::uint32_t index = 0; index < options.partitions; ++index) {
    if (has_definition[index]) continue;
    PP_RETURN_IF_ERROR(partitions[index]->AppendSetup(wave->definition_id, receipt_time, group));
  }
  if (!has_definition.front()) definitions.push_back({.wave = wave, .since = receipt_time});
  // As it was given, with its text.
  definitions.back().wave = wave;
  archive::FillChanges(&definitions);
  return archive::KeepTexts(files, options.directory, definitions, receipt_time);
}

absl::Status Engine::Impl::OpenDirectoryAndKey() {
  if (const absl::Status found = archive::ReadDirectory(files, options.directory).status();
      absl::IsNotFound(found)) {
    if (options.must_exist) {
      return NotFound(
          "{}: holds no data directory, and none is to be made; is the path right, and its disk "
          "mounted?",
          options.directory);
    }
    // A frame that cannot be read leaves no directory behind.
    if (wave->has_frame) PP_RETURN_IF_ERROR(ReadFrame());
  }
  PP_RETURN_IF_ERROR(files.CreateDirectories(options.directory));
  PP_ASSIGN_OR_RETURN(lock, files.Lock(options.directory));
  archive::DirectoryInfo wanted;
  wanted.partitions = options.partitions;
  wanted.wave = wave->id;
  PP_ASSIGN_OR_RETURN(archive::OpenedDirectory opened,
                      archive::OpenDirectory(files, options.directory, wanted));
  directory = std::move(opened.info);
  key.emplace(std::move(opened.key));
  return ReadWitness();
}

absl::Status Engine::Impl::ReadWitness() {
  auto found = archive::ReadWitness(files, options.directory, directory);
  if (found.ok()) {
    witness = *std::move(found);
    return absl::OkStatus();
  }
  if (!options.accept_loss || !absl::IsDataLoss(found.status())) return found.status();
  witness_loss = ToStd(found.status().message());
  return absl::OkStatus();
}

// From here on it follows the journals as they are.
absl::Status Engine::Impl::BeginWitness() {
  if (!witness_loss.empty()) recovery.front().loss = witness_loss;
  WitnessKeeper::Setup setup;
  PP_ASSIGN_OR_RETURN(setup.file,
                      archive::WitnessFile::Open(files, options.directory, directory, witness));
  setup.interval = options.witness_interval;
  setup.marks = [this] {
    std::vector<journal::Mark> marks;
    for (const auto& partition : partitions) marks.push_back(partition->metrics().durable);
    return marks;
  };
  setup.clock = clock;
  setup.failure = &failure;
  keeper = std::make_unique<WitnessKeeper>(std::move(setup));
  return keeper->Begin();
}

absl::Status Engine::Impl::ReadFrame() {
  if (frame.has_value()) return absl::OkStatus();
  if (options.read_frame) {
    PP_ASSIGN_OR_RETURN(frame, options.read_frame());
  }
  if (frame.has_value() && !frame->empty()) return absl::OkStatus();
  return FailedPrecondition(
      "wave \"{}\": its sample frame is not whole in the journals yet; give the frame file that "
      "the "
      "definition names",
      wave->id);
}

// Goes on with an import that broke off; nothing when the frame is whole.
absl::Status Engine::Impl::BringInFrame(Micros receipt_time) {
  const bool whole = std::all_of(partitions.begin(), partitions.end(), [](const auto& partition) {
    return partition->state().frame_complete();
  });
  if (whole) return absl::OkStatus();
  PP_RETURN_IF_ERROR(ReadFrame());
  PP_RETURN_IF_ERROR(
      archive::ClaimFrame(files, options.directory, archive::FrameDigest(*frame), &directory));
  std::vector<archive::FrameTarget> targets;
  for (const auto& partition : partitions) {
    targets.push_back(
        {.state = &partition->state(), .append = [&](std::span<const std::byte> group) {
           return partition->AppendSetup(wave->definition_id, receipt_time, group);
         }});
  }
  PP_RETURN_IF_ERROR(archive::ImportFrame({.wave = wave.get(),
                                           .key = &*key,
                                           .units = *frame,
                                           .max_group_bytes = options.max_group_bytes},
                                          targets));
  frame.reset();  // it is in the registers and the journals
  return absl::OkStatus();
}

journal::JournalOptions Engine::Impl::JournalOptions(std::uint32_t partition) const {
  journal::JournalOptions result = archive::JournalOptionsFor(directory, partition);
  result.segment_bytes = options.segment_bytes;
  result.durable = archive::MarkOf(witness, partition);
  result.accept_loss = options.accept_loss;
  result.max_payload_bytes = std::max(options.max_group_bytes, DefinitionGroup(*wave).size());
  return result;
}

absl::StatusOr<std::vector<archive::PartitionReplay>> Engine::Impl::ReplayJournals(
    std::vector<std::unique_ptr<journal::Journal>>* journals, archive::Historian& historian) {
  state::StateOptions state_options{.partitions = options.partitions, .frame_units = 0};
  if (wave->has_frame) {
    PP_ASSIGN_OR_RETURN(const archive::JournalHead head,
                        archive::ReadHead(files, options.directory, directory,
                                          {.until = {}, .stop_at_data = true}));
    if (head.frame_units == 0) PP_RETURN_IF_ERROR(ReadFrame());
    state_options.frame_units = head.frame_units > 0 ? head.frame_units : frame->size();
  }
  recovery.resize(options.partitions);
  std::vector<archive::PartitionReplay> replays(options.partitions);
  for (std::uint32_t index = 0; index < options.partitions; ++index) {
    archive::PartitionReplay& replay = replays[index];
    PP_ASSIGN_OR_RETURN(replay.state, state::State::Create(wave, state_options));
    replay.where = archive::PartitionPath(options.directory, index);
    replay.partition = index;
    replay.partitions = options.partitions;
    replay.read = [this, journals, index,
                   path = replay.where](const journal::GroupVisitor& visit) -> absl::Status {
      PP_ASSIGN_OR_RETURN(
          (*journals)[index],
          journal::Journal::Open(files, path, JournalOptions(index), visit, &recovery[index]));
      return absl::OkStatus();
    };
  }
  // Beside the replay, which is short for a new directory; ends with it when it fails.
  std::stop_source stop;
  PP_ASSIGN_OR_RETURN(Thread pages, StartThread("pages", [&replays, token = stop.get_token()] {
                        TakePages(replays, token);
                      }));
  const absl::Status replayed = archive::ReplayPartitions(wave, std::nullopt, replays, historian);
  if (!replayed.ok()) stop.request_stop();
  pages.join();
  PP_RETURN_IF_ERROR(replayed);
  return replays;
}

void Engine::Impl::MakePartitions(std::vector<archive::PartitionReplay> replays,
                                  std::vector<std::unique_ptr<journal::Journal>> journals) {
  const Partition::Environment environment{.wave = wave,
                                           .options = &options,
                                           .clock = clock,
                                           .snapshot = &snapshot_signal,
                                           .failure = &failure,
                                           .intake = &intake};
  for (std::uint32_t index = 0; index < options.partitions; ++index) {
    partitions.push_back(std::make_unique<Partition>(environment, index, std::move(journals[index]),
                                                     std::move(replays[index].state),
                                                     replays[index].progress));
  }
}

absl::Status Engine::Impl::StartPublishing(std::unique_ptr<archive::Historian> historian) {
  Publisher::Setup setup;
  setup.wave = wave;
  setup.directory_id = directory.id;
  setup.definitions = &definitions;
  setup.snapshots_per_second = options.snapshots_per_second;
  setup.failure = &failure;
  setup.signal = &snapshot_signal;
  for (const auto& partition : partitions) setup.ports.push_back(&partition->ports());
  setup.wake = [this](std::size_t partition) { partitions[partition]->queue().Wake(); };
  setup.clock = [this] { return ClockPart(); };
  setup.render = options.render;
  publisher = std::make_unique<Publisher>(std::move(setup), std::move(historian));
  PP_RETURN_IF_ERROR(keeper->Start());
  publisher->PublishNow([this](std::size_t partition) { partitions[partition]->GiveState(); });
  // What was started before one that cannot be is stopped by the Impl's end.
  for (const auto& partition : partitions) PP_RETURN_IF_ERROR(partition->Start());
  return publisher->Start();
}

}  // namespace panelpuls::engine
