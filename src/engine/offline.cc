#include "engine/offline.h"

#include <array>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "engine/frame_import.h"
#include "identity/pseudonym.h"
#include "state/contributor.h"

namespace panelpuls::engine {

struct Offline::Impl {
  explicit Impl(std::shared_ptr<const wave::Wave> the_wave)
      : wave(std::move(the_wave)),
        resolver(wave, {.require_collected_at = false}),
        // Nothing is kept, so nothing needs a secret; the figures do not depend on it.
        pseudonymizer(identity::DirectoryKey::FromBytes(std::array<std::byte, 32>{})),
        estimator(wave),
        record(wave->layout.size) {}

  std::shared_ptr<const wave::Wave> wave;
  wave::Resolver resolver;
  identity::Pseudonymizer pseudonymizer;
  estimate::Estimator estimator;
  std::unique_ptr<state::State> state;
  std::vector<std::byte> record;
  estimate::Estimates estimates;
  estimate::Fieldwork fieldwork;
  std::uint64_t kept = 0;  // records that an engine would have journaled
};

namespace {

wave::Result Note(const state::Applied& applied, std::uint64_t* kept, wave::Rejection* rejection) {
  if (applied.journal) ++*kept;
  if (applied.result == wave::Result::kRejected) {
    rejection->field = applied.field;
    rejection->reason = applied.reason;
  }
  return applied.result;
}

}  // namespace

Offline::Offline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Offline::~Offline() = default;

absl::StatusOr<std::unique_ptr<Offline>> Offline::Create(
    std::shared_ptr<const wave::Wave> wave, const std::vector<wave::FrameUnit>& frame) {
  auto impl = std::make_unique<Impl>(std::move(wave));
  PP_ASSIGN_OR_RETURN(impl->state, state::State::Create(impl->wave, {.frame_units = frame.size()}));
  std::vector<std::byte> record;
  for (const wave::FrameUnit& unit : frame) {
    PP_RETURN_IF_ERROR(FrameRecord(*impl->wave, unit, impl->pseudonymizer, &record).status());
    impl->state->ApplyFrameUnit(record);
  }
  if (impl->wave->has_frame) impl->state->EndFrame();
  return std::unique_ptr<Offline>(new Offline(std::move(impl)));
}

wave::Result Offline::Add(const wave::RawResponse& response, wave::Rejection* rejection) {
  if (!impl_->resolver.Resolve(response, impl_->record, rejection)) return wave::Result::kRejected;
  const identity::Pseudonym pseudonym = impl_->pseudonymizer.Make(response.respondent_id);
  wave::ResponseHeader header = wave::LoadResponseHeader(impl_->record.data());
  header.pseudonym_high = pseudonym.high;
  header.pseudonym_low = pseudonym.low;
  wave::StoreResponseHeader(impl_->record.data(), header);
  return Note(impl_->state->ApplyResponse(impl_->record, kNoTime), &impl_->kept, rejection);
}

wave::Result Offline::Add(const wave::RawCaseEvent& event, wave::Rejection* rejection) {
  wave::CaseEventRecord record;
  if (!impl_->resolver.Resolve(event, &record, rejection)) return wave::Result::kRejected;
  const identity::Pseudonym pseudonym = impl_->pseudonymizer.Make(event.unit_id);
  record.pseudonym_high = pseudonym.high;
  record.pseudonym_low = pseudonym.low;
  return Note(impl_->state->ApplyCaseEvent(record, kNoTime), &impl_->kept, rejection);
}

report::SnapshotInputs Offline::Estimate() {
  impl_->estimates = impl_->estimator.Estimate(impl_->state->cube());
  impl_->fieldwork =
      estimate::MeasureFieldwork(*impl_->wave, impl_->state->cube(), impl_->estimates);
  return {.wave = impl_->wave.get(),
          .keys = &impl_->estimator.keys(),
          .estimates = &impl_->estimates,
          .counters = &impl_->state->counters(),
          .cube = &impl_->state->cube(),
          .version = impl_->kept,
          .clock = {.now = SystemClock().Now(), .simulated = false, .process = {}},
          .fieldwork = &impl_->fieldwork};
}

const std::shared_ptr<const wave::Wave>& Offline::wave() const { return impl_->wave; }

std::vector<estimate::WaveUnit> Offline::Units() const {
  std::vector<estimate::WaveUnit> units;
  state::Contributor contributor(*impl_->wave);
  for (std::uint32_t number = 0; number < impl_->state->unit_count(); ++number) {
    const auto respondent = impl_->state->RespondentAt(number);
    if (!respondent) continue;
    estimate::WaveUnit& unit = units.emplace_back();
    unit.key_high = respondent->pseudonym_high;
    unit.key_low = respondent->pseudonym_low;
    contributor.Compute(respondent->record, respondent->channel, &unit.contribution);
  }
  return units;
}

const state::State& Offline::state() const { return *impl_->state; }

}  // namespace panelpuls::engine
