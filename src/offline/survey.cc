#include "offline/survey.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "archive/frame_record.h"
#include "base/clock.h"
#include "estimate/estimator.h"
#include "identity/pseudonym.h"
#include "state/contributor.h"

namespace panelpuls::offline {

struct Survey::Impl {
  explicit Impl(std::shared_ptr<const wave::Wave> the_wave)
      : wave(std::move(the_wave)),
        resolver(wave, {.require_collected_at = false}),
        // Nothing is kept, so nothing needs a secret; the figures do not depend on it.
        pseudonymizer(identity::DirectoryKey::FromBytes(std::array<std::byte, 32>{})),
        estimator(wave),
        record(wave->layout.size) {}

  absl::StatusOr<std::unique_ptr<state::State>> NewState(
      const std::vector<wave::FrameUnit>& units) {
    PP_ASSIGN_OR_RETURN(auto made, state::State::Create(wave, {.frame_units = units.size()}));
    std::vector<std::byte> frame_record;
    for (const wave::FrameUnit& unit : units) {
      PP_RETURN_IF_ERROR(archive::FrameRecord(*wave, unit, pseudonymizer, &frame_record).status());
      made->ApplyFrameUnit(frame_record);
    }
    if (wave->has_frame) made->EndFrame();
    return made;
  }

  std::shared_ptr<const wave::Wave> wave;
  wave::Resolver resolver;
  identity::Pseudonymizer pseudonymizer;
  estimate::Estimator estimator;
  std::unique_ptr<state::State> state;
  std::vector<std::byte> record;
  estimate::Estimates estimates;
  estimate::Fieldwork fieldwork;
  std::uint64_t ignored_taken = 0;
  std::uint64_t kept = 0;  // records that an engine would have journaled
  bool keeps_course = false;
  std::vector<wave::FrameUnit> frame;  // with keeps_course
  std::vector<std::byte> course;       // records in the order they were added, side by side
};

namespace {

wave::Result Note(const state::Applied& applied, std::uint64_t* kept, wave::Rejection* rejection) {
  if (applied.journal) ++*kept;
  if (applied.cause != nullptr) {
    rejection->field = applied.cause->field;
    rejection->reason = applied.cause->reason;
  }
  return applied.result;
}

}  // namespace

Survey::Survey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Survey::~Survey() = default;

absl::StatusOr<std::unique_ptr<Survey>> Survey::Create(std::shared_ptr<const wave::Wave> wave,
                                                       const SurveyOptions& options) {
  auto impl = std::make_unique<Impl>(std::move(wave));
  impl->keeps_course = options.keeps_course;
  if (options.keeps_course) impl->frame = options.frame;
  PP_ASSIGN_OR_RETURN(impl->state, impl->NewState(options.frame));
  return std::unique_ptr<Survey>(new Survey(std::move(impl)));
}

wave::Result Survey::Add(const wave::RawResponse& response, wave::Rejection* rejection) {
  if (!impl_->resolver.Resolve(response, impl_->record, rejection)) return wave::Result::kRejected;
  const identity::Pseudonym pseudonym = impl_->pseudonymizer.Make(response.respondent_id);
  wave::ResponseHeader header = wave::LoadResponseHeader(impl_->record.data());
  header.pseudonym_high = pseudonym.high;
  header.pseudonym_low = pseudonym.low;
  wave::StoreResponseHeader(impl_->record.data(), header);
  const state::Applied applied = impl_->state->ApplyResponse(impl_->record, kNoTime);
  if (impl_->keeps_course) {
    impl_->course.insert(impl_->course.end(), impl_->record.begin(), impl_->record.end());
  }
  return Note(applied, &impl_->kept, rejection);
}

wave::Result Survey::Add(const wave::RawCaseEvent& event, wave::Rejection* rejection) {
  wave::CaseEventRecord record;
  if (!impl_->resolver.Resolve(event, &record, rejection)) return wave::Result::kRejected;
  const identity::Pseudonym pseudonym = impl_->pseudonymizer.Make(event.unit_id);
  record.pseudonym_high = pseudonym.high;
  record.pseudonym_low = pseudonym.low;
  return Note(impl_->state->ApplyCaseEvent(record, kNoTime), &impl_->kept, rejection);
}

std::vector<std::string> Survey::TakeIgnoredQuestions(std::uint64_t* count) {
  const std::uint64_t ignored = impl_->resolver.ignored_questions();
  *count = ignored - std::exchange(impl_->ignored_taken, ignored);
  if (*count == 0) return {};
  const auto codes = impl_->resolver.ignored_question_codes();
  return {codes.begin(), codes.end()};
}

snapshot::Contents Survey::Estimate() {
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

absl::StatusOr<std::vector<snapshot::HistoryHour>> Survey::Course() {
  const wave::Wave& wave = *impl_->wave;
  const std::size_t size = wave.layout.size;
  const auto record_at = [&](std::size_t number) {
    return std::span(impl_->course).subspan(number * size, size);
  };
  const auto time_of = [&](std::size_t number) {
    return wave::LoadResponseHeader(record_at(number).data()).collected_at;
  };
  std::vector<std::size_t> order(impl_->course.size() / size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Of one time in the order they were added.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(time_of(a), a) < std::pair(time_of(b), b);
  });
  if (!order.empty() && time_of(order.front()) == kNoTime) {
    return FailedPrecondition(
        "the history needs collected_at of every response, and not all have it; give the column, "
        "or "
        "name the one that holds it in a codebook");
  }
  PP_ASSIGN_OR_RETURN(const auto state, impl_->NewState(impl_->frame));
  estimate::Estimator estimator(impl_->wave);
  std::vector<snapshot::HistoryHour> hours;
  for (std::size_t i = 0; i < order.size(); ++i) {
    state->ApplyResponse(record_at(order[i]), kNoTime);
    const Micros hour = wave.time_zone.HourStart(time_of(order[i]));
    const bool goes_on =
        i + 1 < order.size() && wave.time_zone.HourStart(time_of(order[i + 1])) == hour;
    if (goes_on) continue;
    hours.push_back({.hour = hour,
                     .indicator = estimator.EstimateIndicator(state->cube()),
                     .respondents = state->counters().respondents});
  }
  return hours;
}

const std::shared_ptr<const wave::Wave>& Survey::wave() const { return impl_->wave; }

std::vector<estimate::WaveUnit> Survey::Units() const {
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

Survey::Key Survey::KeyOf(std::string_view respondent_id) const {
  const identity::Pseudonym pseudonym = impl_->pseudonymizer.Make(respondent_id);
  return {.high = pseudonym.high, .low = pseudonym.low};
}

const state::State& Survey::state() const { return *impl_->state; }

}  // namespace panelpuls::offline
