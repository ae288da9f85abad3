#include "engine/engine.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/patient_write.h"
#include "base/printable.h"
#include "engine/completion.h"
#include "engine/engine_impl.h"
#include "wave/record.h"

namespace panelpuls::engine {
namespace {

// sysexits.h: an input/output error. At once: nothing may be unwound that could write.
constexpr int kExitInputOutput = 74;

void PrintAndExit(const absl::Status& status) {
  WriteWithin(
      STDERR_FILENO,
      fmt::format("panelpuls: cannot go on: {}\n", Printable(status.ToString(), kMostLineBytes)),
      std::chrono::seconds(1));
  ::_exit(kExitInputOutput);
}

const Clock* MachineClock() {
  static const SystemClock clock;
  return &clock;
}

// Partitions that a batch has records of; a batch without any goes to the first.
std::vector<std::uint32_t> TargetsOf(const Batch& batch, std::size_t record_size,
                                     std::uint32_t partitions) {
  std::vector<bool> wanted(partitions);
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    const auto header = wave::LoadResponseHeader(batch.responses.data() + place * record_size);
    wanted[identity::PartitionOf({header.pseudonym_high, header.pseudonym_low}, partitions)] = true;
  }
  for (const wave::CaseEventRecord& event : batch.events) {
    wanted[identity::PartitionOf({event.pseudonym_high, event.pseudonym_low}, partitions)] = true;
  }
  std::vector<std::uint32_t> targets;
  for (std::uint32_t index = 0; index < partitions; ++index) {
    if (wanted[index]) targets.push_back(index);
  }
  if (targets.empty()) targets.push_back(0);
  return targets;
}

}  // namespace

Engine::Impl::Impl(std::shared_ptr<const wave::Wave> the_wave, EngineOptions the_options)
    : wave(std::move(the_wave)),
      options(std::move(the_options)),
      files(options.files != nullptr ? *options.files : PosixFileSystem()),
      clock(options.simulated_clock    ? &simulated_clock
            : options.clock != nullptr ? options.clock
                                       : MachineClock()),
      failure(options.on_fatal ? options.on_fatal : PrintAndExit) {}

Engine::Impl::~Impl() { Stop(); }

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

SubmitResult Engine::Submit(std::unique_ptr<Batch>& batch,
                            std::function<void(std::unique_ptr<Batch>)> done) {
  Impl& impl = *impl_;
  if (impl.stopping.load(std::memory_order_acquire) || impl.failure.failed()) {
    return SubmitResult::kStopped;
  }
  batch->done = std::move(done);
  if (impl.options.simulated_clock) impl.simulated_clock.AdvanceTo(batch->simulated_time);
  if (impl.options.partitions == 1) {
    constexpr std::array<std::uint32_t, 1> kOnly = {0};
    return impl.SubmitTo(kOnly, batch);
  }
  const auto targets = TargetsOf(*batch, impl.wave->layout.size, impl.options.partitions);
  std::lock_guard lock(impl.submit_mutex);
  return impl.SubmitTo(targets, batch);
}

SubmitResult Engine::Impl::SubmitTo(std::span<const std::uint32_t> targets,
                                    std::unique_ptr<Batch>& batch) {
  for (const std::uint32_t target : targets) {
    Partition& partition = *partitions[target];
    if (!partition.has_room()) return SubmitResult::kNoRoom;
    // Only writers touch the queues meanwhile, so what takes more here takes more below.
    if (targets.size() > 1 && !partition.queue().TakesMore()) return NotTaken();
  }
  BeginShares(*batch, static_cast<std::uint32_t>(targets.size()));
  for (const std::uint32_t target : targets) {
    Batch* share = batch.get();
    if (partitions[target]->queue().TryPush(std::move(share))) continue;
    PP_CHECK(targets.size() == 1);
    return NotTaken();
  }
  // The writers own it, and may have ended it already.
  static_cast<void>(batch.release());
  return SubmitResult::kQueued;
}

SubmitResult Engine::Impl::NotTaken() {
  if (stopping.load(std::memory_order_acquire) || failure.failed()) return SubmitResult::kStopped;
  queue_full.fetch_add(1, std::memory_order_relaxed);
  return SubmitResult::kFull;
}

SnapshotPointer Engine::Latest() const { return impl_->publisher->Latest(); }
void Engine::OnSnapshot(std::function<void(SnapshotPointer)> listener) {
  impl_->publisher->OnSnapshot(std::move(listener));
}

void Engine::NoteRefusals(std::vector<BatchBuilder::Refusal> refusals) {
  impl_->intake.NoteRefusals(std::move(refusals), impl_->Now());
}
void Engine::NoteIgnoredQuestions(const std::vector<std::string>& codes, std::uint64_t count) {
  impl_->intake.NoteIgnoredQuestions(codes, count, impl_->Now());
}
void Engine::NoteIgnoredFields(const std::vector<std::string>& names, std::uint64_t count) {
  impl_->intake.NoteIgnoredFields(names, count, impl_->Now());
}
std::vector<snapshot::IntakeNote> Engine::intake_attention() const {
  return impl_->intake.entries();
}

std::uint64_t Engine::intake_attention_changes() const { return impl_->intake.changes(); }

const wave::Wave& Engine::wave() const { return *impl_->wave; }
std::shared_ptr<const wave::Wave> Engine::shared_wave() const { return impl_->wave; }
const std::vector<wave::DefinitionVersion>& Engine::definitions() const {
  return impl_->definitions;
}
const identity::DirectoryKey& Engine::key() const { return *impl_->key; }
const EngineOptions& Engine::options() const { return impl_->options; }
std::span<const journal::RecoveryReport> Engine::recovery() const { return impl_->recovery; }
std::string Engine::directory_id() const { return impl_->directory.id; }
bool Engine::healthy() const { return !impl_->failure.failed(); }

bool Engine::has_room() const {
  return std::all_of(impl_->partitions.begin(), impl_->partitions.end(),
                     [](const auto& partition) { return partition->has_room(); });
}
void Engine::Stop() { impl_->Stop(); }

EngineMetrics Engine::metrics() const {
  EngineMetrics metrics;
  for (const auto& partition : impl_->partitions) {
    const PartitionMetrics of = partition->metrics();
    for (int result = 0; result < wave::kResultCount; ++result) {
      metrics.results[result] += of.results[result];
    }
    metrics.conflicts_untracked += of.conflicts_untracked;
    metrics.batches += of.batches;
    metrics.groups += of.groups;
    metrics.journal_bytes += of.journal_bytes;
    metrics.sync_micros += of.sync_micros;
  }
  const Publisher::Metrics published = impl_->publisher->metrics();
  metrics.snapshots = published.snapshots;
  metrics.snapshot_micros = published.snapshot_micros;
  metrics.version = published.version;
  metrics.queue_full = impl_->queue_full.load(std::memory_order_relaxed);
  metrics.ignored_questions = impl_->intake.ignored_questions();
  metrics.ignored_fields = impl_->intake.ignored_fields();
  return metrics;
}

state::StateMemory Engine::memory() const {
  state::StateMemory memory;
  for (const auto& partition : impl_->partitions) {
    const state::StateMemory of = partition->state().memory();
    memory.units += of.units;
    memory.bytes_per_unit = of.bytes_per_unit;
    memory.register_bytes += of.register_bytes;
    memory.event_register_bytes += of.event_register_bytes;
    memory.conflict_bytes += of.conflict_bytes;
    memory.cube_bytes += of.cube_bytes;
  }
  return memory;
}

snapshot::ClockPart Engine::Impl::ClockPart() const {
  snapshot::ClockPart part;
  part.simulated = options.simulated_clock;
  for (const auto& partition : partitions) {
    const PartitionMetrics of = partition->metrics();
    const auto count = [&of](wave::Result result) {
      return of.results[static_cast<std::size_t>(result)];
    };
    for (const std::uint64_t results : of.results) part.process.received += results;
    part.process.duplicate += count(wave::Result::kDuplicate);
    part.process.superseded += count(wave::Result::kSuperseded);
    part.process.rejected += count(wave::Result::kRejected);
    part.process.register_full += count(wave::Result::kRegisterFull);
    part.process.conflicts_untracked += of.conflicts_untracked;
    part.last_sign_of_life = std::max(part.last_sign_of_life, of.last_sign_of_life);
  }
  part.process.ignored_questions = intake.ignored_questions();
  part.process.ignored_fields = intake.ignored_fields();
  part.now = Now();
  // A simulated clock stands still until the first batch says what time it is.
  if (options.simulated_clock && part.now == 0) part.now = wave->fieldwork_start_time;
  return part;
}

void Engine::Impl::Stop() {
  std::lock_guard lock_stop(stop_mutex);
  if (stopped) return;
  stopped = true;
  stopping.store(true, std::memory_order_release);
  {
    std::lock_guard lock_queues(submit_mutex);
    for (const auto& partition : partitions) partition->Close();
  }
  for (const auto& partition : partitions) partition->Join();
  if (publisher == nullptr) return;
  keeper->Stop(!failure.failed());
  publisher->Join();
  if (failure.failed()) return;
  publisher->PublishNow([this](std::size_t partition) { partitions[partition]->GiveState(); });
}

}  // namespace panelpuls::engine
