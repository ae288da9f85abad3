// Batches and results in C.
#include <algorithm>
#include <new>
#include <utility>

#include "embed/c_handles.h"

namespace panelpuls {
inline namespace abi0 {
namespace {

Time TimeOf(std::int64_t micros) { return Time(std::chrono::microseconds(micros)); }

// Runs `add` on the batch's last response.
template <typename Add>
int WithLastResponse(panelpuls_batch* batch, Add add) noexcept {
  return Guarded([&]() -> Status {
    if (batch == nullptr) return IsNull("batch");
    if (batch->batch.responses.empty()) {
      return Status(Code::kFailedPrecondition, "the batch has no response yet");
    }
    return add(batch->batch.responses.back());
  });
}

Status AddAnswer(Response& response, const char* question, const char* option) {
  if (question == nullptr) return IsNull("question");
  if (option == nullptr) return IsNull("option");
  auto& answers = response.answers;
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
    return answer.question == question;
  });
  if (found != answers.end()) {
    found->options.emplace_back(option);
  } else {
    answers.push_back({question, {option}});
  }
  return {};
}

const std::vector<RecordVerdict>* VerdictsOf(const panelpuls_result* result, int record_kind) {
  if (result == nullptr) return nullptr;
  if (record_kind == PANELPULS_RESPONSE) return &result->result.responses;
  if (record_kind == PANELPULS_CASE_EVENT) return &result->result.case_events;
  return nullptr;
}

}  // namespace
}  // namespace abi0
}  // namespace panelpuls

using panelpuls::Code;
using panelpuls::Guarded;
using panelpuls::IsNull;
using panelpuls::Response;
using panelpuls::Status;

panelpuls_batch* panelpuls_batch_new() { return new (std::nothrow) panelpuls_batch; }
void panelpuls_batch_free(panelpuls_batch* batch) { delete batch; }

int panelpuls_batch_response(panelpuls_batch* batch, const char* respondent_id, const char* channel,
                             uint32_t revision, int64_t collected_at) {
  return Guarded([&]() -> Status {
    if (batch == nullptr) return IsNull("batch");
    if (respondent_id == nullptr) return IsNull("respondent_id");
    if (channel == nullptr) return IsNull("channel");
    batch->batch.responses.push_back({.respondent_id = respondent_id,
                                      .channel = channel,
                                      .revision = revision,
                                      .collected_at = panelpuls::TimeOf(collected_at)});
    return {};
  });
}

int panelpuls_batch_answer(panelpuls_batch* batch, const char* question, const char* option) {
  return panelpuls::WithLastResponse(
      batch, [&](Response& response) { return panelpuls::AddAnswer(response, question, option); });
}

int panelpuls_batch_category(panelpuls_batch* batch, const char* dimension, const char* category) {
  return panelpuls::WithLastResponse(batch, [&](Response& response) -> Status {
    if (dimension == nullptr) return IsNull("dimension");
    if (category == nullptr) return IsNull("category");
    response.categories.push_back({dimension, category});
    return {};
  });
}

int panelpuls_batch_status(panelpuls_batch* batch, int response_status) {
  return panelpuls::WithLastResponse(batch, [&](Response& response) -> Status {
    if (response_status < PANELPULS_COMPLETE || response_status > PANELPULS_TEST) {
      return Status(Code::kInvalidArgument, "no such status of a response");
    }
    response.status = static_cast<panelpuls::ResponseStatus>(response_status);
    return {};
  });
}

int panelpuls_batch_base_weight(panelpuls_batch* batch, double base_weight) {
  return panelpuls::WithLastResponse(batch, [&](Response& response) -> Status {
    response.base_weight = base_weight;
    return {};
  });
}

int panelpuls_batch_case_event(panelpuls_batch* batch, const char* unit_id, const char* channel,
                               int64_t at, const char* disposition, const char* event_id) {
  return Guarded([&]() -> Status {
    if (batch == nullptr) return IsNull("batch");
    if (unit_id == nullptr) return IsNull("unit_id");
    if (channel == nullptr) return IsNull("channel");
    if (disposition == nullptr) return IsNull("disposition");
    batch->batch.case_events.push_back({.unit_id = unit_id,
                                        .channel = channel,
                                        .at = panelpuls::TimeOf(at),
                                        .disposition = disposition,
                                        .event_id = event_id != nullptr ? event_id : ""});
    return {};
  });
}

void panelpuls_result_free(panelpuls_result* result) { delete result; }

int panelpuls_result_code(const panelpuls_result* result) {
  if (result == nullptr) return PANELPULS_INVALID_ARGUMENT;
  return static_cast<int>(result->result.status.code());
}

const char* panelpuls_result_text(const panelpuls_result* result) {
  return result == nullptr ? "" : result->result.status.message().c_str();
}

size_t panelpuls_result_count(const panelpuls_result* result, int record_kind) {
  const auto* const verdicts = panelpuls::VerdictsOf(result, record_kind);
  return verdicts == nullptr ? 0 : verdicts->size();
}

uint64_t panelpuls_result_ignored_answers(const panelpuls_result* result) {
  return result == nullptr ? 0 : result->result.ignored_answers;
}

int panelpuls_result_verdict(const panelpuls_result* result, int record_kind, size_t index,
                             panelpuls_verdict* verdict) {
  return Guarded([&]() -> Status {
    if (verdict == nullptr) return IsNull("verdict");
    const auto* const verdicts = panelpuls::VerdictsOf(result, record_kind);
    if (verdicts == nullptr || index >= verdicts->size()) {
      return Status(Code::kNotFound, "the result has no such record");
    }
    const panelpuls::RecordVerdict& of = (*verdicts)[index];
    panelpuls_verdict filled = {};
    filled.verdict = static_cast<int32_t>(of.verdict);
    filled.field = of.field.c_str();
    filled.reason = of.reason.c_str();
    return panelpuls::HandOut(filled, verdict);
  });
}
