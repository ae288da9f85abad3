#include <algorithm>
#include <utility>

#include "embed/status_of.h"
#include "embed/wave_impl.h"
#include "wave/definition.h"
#include "wire/files.h"

namespace panelpuls {
inline namespace abi0 {
namespace {

// A longer wait would not fit the clock.
constexpr std::chrono::hours kLongestWait{24 * 365};

absl::StatusOr<std::vector<wave::FrameUnit>> ReadFrameOf(const wave::Wave& wave,
                                                         const std::string& given) {
  const std::string& path = given.empty() ? wave.frame_file : given;
  if (path.empty()) {
    return FailedPrecondition(
        "wave \"{}\" has a sample frame and its definition names no file: give frame_file",
        wave.id);
  }
  wire::FileOptions options;
  PP_ASSIGN_OR_RETURN(options.format, wire::FormatOfFile(path));
  options.csv = wave.frame_format;
  options.file_name = path;
  PP_ASSIGN_OR_RETURN(const std::string content, ReadWholeFile(PosixFileSystem(), path));
  return wire::ReadFrame(content, wave, options);
}

engine::EngineOptions EngineOptionsOf(const std::string& directory, const Options& options) {
  engine::EngineOptions result;
  result.directory = directory;
  result.must_exist = options.must_exist;
  result.partitions = options.partitions;
  result.snapshots_per_second = options.snapshots_per_second;
  result.queue_batches = options.queue_batches;
  result.room_patience = options.room_patience;
  result.accept_loss = options.accept_loss;
  return result;
}

}  // namespace

Result<std::unique_ptr<Wave>> Wave::Impl::Open(FileSystem& files, const std::string& wave_file,
                                               const std::string& directory,
                                               const Options& options) {
  auto wave = wave::LoadWave(PosixFileSystem(), wave_file);
  if (!wave.ok()) return StatusOf(wave.status());
  if (!options.frame_file.empty() && !(*wave)->has_frame) {
    return Status(
        Code::kInvalidArgument,
        fmt::format("wave \"{}\" has no sample frame: leave frame_file out", (*wave)->id));
  }
  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  engine::EngineOptions with = EngineOptionsOf(directory, options);
  with.files = &files;
  with.on_fatal = [&of = *impl](const absl::Status& status) { of.NoteFailure(status); };
  with.read_frame = [wave = *wave, given = options.frame_file] {
    return ReadFrameOf(*wave, given);
  };
  auto engine = engine::Engine::Open(*wave, std::move(with));
  if (!engine.ok()) return StatusOf(engine.status());
  impl->engine = *std::move(engine);
  impl->names = std::make_shared<const FigureNames>(*impl->engine->Latest()->keys);
  impl->builder =
      std::make_unique<engine::BatchBuilder>(*wave, impl->engine->key(), wave::ResolveOptions{});
  impl->engine->OnSnapshot([&of = *impl](const engine::SnapshotPointer&) {
    // Whoever waits has looked at the one before, or sees this one.
    {
      std::lock_guard lock(of.mutex);
    }
    of.changed.notify_all();
  });
  return std::unique_ptr<Wave>(new Wave(std::move(impl)));
}

void Wave::Impl::NoteFailure(const absl::Status& status) {
  {
    std::lock_guard lock(mutex);
    failure = std::string(ToStd(status.message()));
  }
  changed.notify_all();
}

Status Wave::Impl::Failed() const {
  std::lock_guard lock(mutex);
  return Status(Code::kFailed, fmt::format("{}: a write failed, and nothing is taken until the "
                                           "directory is opened anew{}{}",
                                           directory, failure.empty() ? "" : ": ", failure));
}

Status Wave::Impl::Stopped() const {
  if (!engine->healthy()) return Failed();
  return Status(Code::kStopped, fmt::format("{}: the wave was stopped; open it again", directory));
}

Status Wave::Impl::NoRoom() const {
  return Status(
      Code::kNoRoom,
      fmt::format("{}: its disk is full; make room and submit the batch again", directory));
}

Status Wave::Impl::StatusOfSubmission(engine::SubmitResult result) const {
  switch (result) {
    case engine::SubmitResult::kQueued:
      return {};
    case engine::SubmitResult::kFull:
      return Status(Code::kFull, "the queue is full; submit the batch again a little later");
    case engine::SubmitResult::kNoRoom:
      return NoRoom();
    case engine::SubmitResult::kStopped:
      return Stopped();
  }
  return Status(Code::kInternal, "an unknown end of a submission");
}

Status Wave::Impl::StatusOfEnd(engine::BatchEnd end) const {
  switch (end) {
    case engine::BatchEnd::kDurable:
      return {};
    case engine::BatchEnd::kNoRoom:
      return NoRoom();
    case engine::BatchEnd::kStopped:
      return Stopped();
  }
  return Status(Code::kInternal, "an unknown end of a batch");
}

Figures Wave::Impl::Latest() const {
  return Figures(std::make_shared<const Figures::Impl>(Figures::Impl{engine->Latest(), names}));
}

Figures Wave::Impl::Await(std::uint64_t newer_than, std::chrono::milliseconds timeout) const {
  if (!IsInCallback()) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::min<std::chrono::milliseconds>(timeout, kLongestWait), [&] {
      return stopped || !engine->healthy() || engine->Latest()->version > newer_than;
    });
  }
  return Latest();
}

Status Wave::Impl::Stop() {
  if (IsInCallback()) {
    return Status(Code::kFailedPrecondition, "a callback cannot stop a wave, which waits for it");
  }
  {
    std::lock_guard lock(mutex);
    stopping = true;
  }
  engine->Stop();
  {
    std::lock_guard lock(mutex);
    stopped = true;
  }
  changed.notify_all();
  return engine->healthy() ? Status() : Failed();
}

Wave::Wave(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Wave::~Wave() = default;

Result<std::unique_ptr<Wave>> Wave::Open(const std::string& wave_file, const std::string& directory,
                                         const Options& options) {
  return Impl::Open(PosixFileSystem(), wave_file, directory, options);
}

Status Wave::Submit(const Batch& batch, std::function<void(const BatchResult&)> done) {
  return impl_->Submit(batch, std::move(done));
}

std::future<BatchResult> Wave::Submit(const Batch& batch) {
  auto promise = std::make_shared<std::promise<BatchResult>>();
  std::future<BatchResult> future = promise->get_future();
  const Status submitted =
      impl_->Submit(batch, [promise](const BatchResult& result) { promise->set_value(result); });
  if (!submitted.ok()) promise->set_value({.status = submitted});
  return future;
}

Figures Wave::Latest() const { return impl_->Latest(); }
Figures Wave::Await(std::uint64_t newer_than, std::chrono::milliseconds timeout) const {
  return impl_->Await(newer_than, timeout);
}

Status Wave::State() const {
  if (!impl_->engine->healthy()) return impl_->Failed();
  {
    std::lock_guard lock(impl_->mutex);
    if (!impl_->stopping) {
      return impl_->engine->has_room() ? Status() : impl_->NoRoom();
    }
  }
  return impl_->Stopped();
}

Status Wave::Stop() { return impl_->Stop(); }

}  // namespace abi0
}  // namespace panelpuls
