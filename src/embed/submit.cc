#include <utility>

#include "embed/wave_impl.h"
#include "wave/outcome.h"
#include "wave/response.h"

namespace panelpuls {
inline namespace abi0 {
namespace {

static_assert(static_cast<int>(Verdict::kRegisterFull) == wave::kResultCount - 1);
static_assert(static_cast<int>(Verdict::kRejected) == static_cast<int>(wave::Result::kRejected));
static_assert(static_cast<int>(ResponseStatus::kTest) == static_cast<int>(wave::Status::kTest));

thread_local int callback_depth = 0;

void CallBack(const std::function<void(const BatchResult&)>& done, const BatchResult& result) {
  ++callback_depth;
  try {
    if (done) done(result);
  } catch (...) {
    // Promised: a writer's thread is not the place to end somebody's process.
  }
  --callback_depth;
}

Micros MicrosOf(const std::optional<Time>& time) {
  return time.has_value() ? Micros{time->time_since_epoch().count()} : kNoTime;
}

bool IsStatus(ResponseStatus status) {
  return status >= ResponseStatus::kComplete && status <= ResponseStatus::kTest;
}

void FillRaw(const Response& response, wave::RawResponse* raw) {
  raw->Clear();
  raw->respondent_id = response.respondent_id;
  raw->channel = response.channel;
  raw->revision = response.revision;
  raw->collected_at = MicrosOf(response.collected_at);
  raw->status = static_cast<wave::Status>(response.status);
  raw->base_weight = response.base_weight;
  for (const Answer& answer : response.answers) {
    raw->answers.push_back({answer.question, static_cast<std::uint32_t>(raw->options.size()),
                            static_cast<std::uint32_t>(answer.options.size())});
    raw->options.insert(raw->options.end(), answer.options.begin(), answer.options.end());
  }
  for (const Category& category : response.categories) {
    raw->categories.push_back({category.dimension, category.category});
  }
}

}  // namespace

bool IsInCallback() { return callback_depth > 0; }

std::unique_ptr<engine::Batch> Wave::Impl::Build(const Batch& batch, Seen* seen) {
  std::lock_guard lock(builder_mutex);
  builder->Begin();
  wave::RawResponse raw;
  for (std::uint32_t index = 0; index < batch.responses.size(); ++index) {
    const Response& response = batch.responses[index];
    if (!IsStatus(response.status)) {
      builder->Reject(wave::RecordKind::kResponse, index, "status", "is no status of a response");
      continue;
    }
    FillRaw(response, &raw);
    builder->AddResponse(index, raw);
  }
  for (std::uint32_t index = 0; index < batch.case_events.size(); ++index) {
    const CaseEvent& event = batch.case_events[index];
    builder->AddCaseEvent(index, {.unit_id = event.unit_id,
                                  .channel = event.channel,
                                  .at = MicrosOf(event.at),
                                  .disposition = event.disposition,
                                  .event_id = event.event_id});
  }
  seen->refusals = builder->TakeRefusals();
  seen->ignored_questions = builder->TakeIgnoredQuestions(&seen->ignored_answers);
  return builder->Finish(kNoTime, 0);
}

BatchResult Wave::Impl::ResultOf(const engine::Batch& ended, std::size_t responses,
                                 std::size_t case_events) const {
  BatchResult result;
  result.status = StatusOfEnd(ended.end);
  if (!result.status.ok()) return result;
  result.responses.resize(responses);
  result.case_events.resize(case_events);
  for (const wave::RecordOutcome& record : ended.outcome.results()) {
    auto& verdicts =
        record.kind == wave::RecordKind::kResponse ? result.responses : result.case_events;
    verdicts.at(record.index) = {.verdict = static_cast<Verdict>(record.result),
                                 .field = std::string(ended.outcome.Text(record.field)),
                                 .reason = std::string(ended.outcome.Text(record.reason))};
  }
  return result;
}

Status Wave::Impl::Submit(const Batch& batch, std::function<void(const BatchResult&)> done) {
  const std::size_t records = batch.responses.size() + batch.case_events.size();
  if (records > kMostRecords) {
    return Status(
        Code::kInvalidArgument,
        fmt::format("a batch of {} records: submit at most {} at once", records, kMostRecords));
  }
  Seen seen;
  std::unique_ptr<engine::Batch> built = Build(batch, &seen);
  auto ended = [this, responses = batch.responses.size(), case_events = batch.case_events.size(),
                ignored = seen.ignored_answers,
                done = std::move(done)](const std::unique_ptr<engine::Batch>& of) {
    BatchResult result = ResultOf(*of, responses, case_events);
    if (result.status.ok()) result.ignored_answers = ignored;
    CallBack(done, result);
  };
  const engine::SubmitResult submitted = engine->Submit(built, std::move(ended));
  if (submitted != engine::SubmitResult::kQueued) return StatusOfSubmission(submitted);
  if (!seen.refusals.empty()) engine->NoteRefusals(std::move(seen.refusals));
  if (seen.ignored_answers > 0) {
    engine->NoteIgnoredQuestions(seen.ignored_questions, seen.ignored_answers);
  }
  return {};
}

}  // namespace abi0
}  // namespace panelpuls
