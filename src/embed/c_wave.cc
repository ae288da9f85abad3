// Opening, submitting and stopping in C.
#include <chrono>
#include <new>
#include <utility>

#include "embed/c_handles.h"
#include "embed/wave_impl.h"

namespace panelpuls {
inline namespace abi0 {
namespace {

static_assert(static_cast<int>(Code::kFailed) == PANELPULS_FAILED);
static_assert(static_cast<int>(Code::kFull) == PANELPULS_FULL);
static_assert(static_cast<int>(Code::kDataLoss) == PANELPULS_DATA_LOSS);
static_assert(static_cast<int>(Verdict::kRegisterFull) == PANELPULS_REGISTER_FULL);
static_assert(static_cast<int>(ResponseStatus::kTest) == PANELPULS_TEST);

thread_local std::string error_text;

panelpuls_options DefaultsInC() {
  const Options defaults;
  panelpuls_options options = {};
  options.partitions = defaults.partitions;
  options.queue_batches = static_cast<std::uint32_t>(defaults.queue_batches);
  options.snapshots_per_second = defaults.snapshots_per_second;
  options.room_patience_ms = defaults.room_patience.count();
  return options;
}

Options FromC(const panelpuls_options& given) {
  Options options;
  options.partitions = given.partitions;
  options.queue_batches = given.queue_batches;
  options.snapshots_per_second = given.snapshots_per_second;
  options.room_patience = std::chrono::milliseconds(given.room_patience_ms);
  options.must_exist = given.must_exist != 0;
  options.accept_loss = given.accept_loss != 0;
  if (given.frame_file != nullptr) options.frame_file = given.frame_file;
  return options;
}

Status OpenInC(const char* wave_file, const char* directory, const panelpuls_options* options,
               panelpuls_wave** wave) {
  if (wave == nullptr) return IsNull("wave");
  *wave = nullptr;
  if (wave_file == nullptr) return IsNull("wave_file");
  if (directory == nullptr) return IsNull("directory");
  panelpuls_options wanted = DefaultsInC();
  if (options != nullptr) {
    if (Status taken = TakeIn(options, &wanted); !taken.ok()) return taken;
  }
  auto opened = Wave::Open(wave_file, directory, FromC(wanted));
  if (!opened.ok()) return opened.status();
  *wave = new panelpuls_wave{std::move(*opened)};
  return {};
}

Status SubmitAndWait(panelpuls_wave& wave, const panelpuls_batch& batch,
                     panelpuls_result** result) {
  if (IsInCallback()) {
    return Status(Code::kFailedPrecondition, "a callback cannot wait for what it holds up");
  }
  auto handed = std::make_unique<panelpuls_result>();
  handed->result = wave.wave->Submit(batch.batch).get();
  if (!handed->result.status.ok()) return handed->result.status;
  *result = handed.release();
  return {};
}

}  // namespace

int KeepError(const Status& status) noexcept {
  try {
    error_text = status.message();
  } catch (...) {
    error_text.clear();
  }
  return static_cast<int>(status.code());
}

int KeepCaught() noexcept {
  error_text.clear();
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return PANELPULS_EXHAUSTED;
  } catch (...) {
    return PANELPULS_INTERNAL;
  }
}

}  // namespace abi0
}  // namespace panelpuls

using panelpuls::Guarded;
using panelpuls::IsNull;
using panelpuls::Status;

const char* panelpuls_version() { return panelpuls::Version(); }
const char* panelpuls_verdict_name(int verdict) {
  return panelpuls::VerdictName(static_cast<panelpuls::Verdict>(verdict));
}
const char* panelpuls_error_text() { return panelpuls::error_text.c_str(); }

int panelpuls_options_init(panelpuls_options* options) {
  return Guarded([&] {
    if (options == nullptr) return IsNull("options");
    return panelpuls::HandOut(panelpuls::DefaultsInC(), options);
  });
}

int panelpuls_open(const char* wave_file, const char* directory, const panelpuls_options* options,
                   panelpuls_wave** wave) {
  return Guarded([&] { return panelpuls::OpenInC(wave_file, directory, options, wave); });
}

int panelpuls_state(const panelpuls_wave* wave) {
  return Guarded([&] { return wave == nullptr ? IsNull("wave") : wave->wave->State(); });
}

int panelpuls_stop(panelpuls_wave* wave) {
  return Guarded([&] { return wave == nullptr ? IsNull("wave") : wave->wave->Stop(); });
}

void panelpuls_wave_free(panelpuls_wave* wave) { delete wave; }

int panelpuls_submit(panelpuls_wave* wave, const panelpuls_batch* batch, panelpuls_done done,
                     void* context) {
  return Guarded([&] {
    if (wave == nullptr) return IsNull("wave");
    if (batch == nullptr) return IsNull("batch");
    return wave->wave->Submit(batch->batch, [=](const panelpuls::BatchResult& result) {
      if (done == nullptr) return;
      const panelpuls_result handed{result};
      done(context, &handed);
    });
  });
}

int panelpuls_submit_and_wait(panelpuls_wave* wave, const panelpuls_batch* batch,
                              panelpuls_result** result) {
  return Guarded([&] {
    if (result == nullptr) return IsNull("result");
    *result = nullptr;
    if (wave == nullptr) return IsNull("wave");
    if (batch == nullptr) return IsNull("batch");
    return panelpuls::SubmitAndWait(*wave, *batch, result);
  });
}
