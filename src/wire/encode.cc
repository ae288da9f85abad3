#include "wire/encode.h"

#include <protozero/pbf_writer.hpp>

namespace panelpuls::wire {
namespace {

void AddText(protozero::pbf_writer& writer, std::uint32_t number, std::string_view text) {
  if (!text.empty()) writer.add_string(number, text.data(), text.size());
}

void AddTime(protozero::pbf_writer& writer, std::uint32_t number, Micros time) {
  if (time == kNoTime) return;
  std::int64_t seconds = time / kMicrosPerSecond;
  std::int64_t micros = time % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  if (seconds == 0 && micros == 0) {
    writer.add_message(number, "", 0);  // a nested writer would leave an empty message out
    return;
  }
  protozero::pbf_writer timestamp(writer, number);
  if (seconds != 0) timestamp.add_int64(1, seconds);
  if (micros != 0) timestamp.add_int32(2, static_cast<std::int32_t>(micros * kNanosPerMicro));
}

}  // namespace

void AppendResponse(const wave::RawResponse& response, std::string& out) {
  protozero::pbf_writer writer(out);
  AddText(writer, 1, response.respondent_id);
  AddText(writer, 2, response.channel);
  if (response.revision != 0) writer.add_uint32(3, response.revision);
  AddTime(writer, 4, response.collected_at);
  if (response.status != wave::Status::kComplete) {
    writer.add_enum(5, static_cast<std::int32_t>(response.status));
  }
  for (const wave::RawAnswer& answer : response.answers) {
    protozero::pbf_writer part(writer, 6);
    part.add_string(1, answer.question.data(), answer.question.size());
    for (std::uint32_t i = 0; i < answer.option_count; ++i) {
      const std::string_view option = response.options[answer.first_option + i];
      part.add_string(2, option.data(), option.size());
    }
  }
  for (const wave::RawCategory& category : response.categories) {
    protozero::pbf_writer part(writer, 7);
    part.add_string(1, category.dimension.data(), category.dimension.size());
    part.add_string(2, category.category.data(), category.category.size());
  }
  if (response.base_weight.has_value()) writer.add_double(8, *response.base_weight);
}

void AppendCaseEvent(const wave::RawCaseEvent& event, std::string& out) {
  protozero::pbf_writer writer(out);
  AddText(writer, 1, event.unit_id);
  AddText(writer, 2, event.channel);
  AddTime(writer, 3, event.at);
  AddText(writer, 4, event.disposition);
  AddText(writer, 5, event.event_id);
}

void AppendBatchBytes(const BatchParts& parts, std::string& out) {
  protozero::pbf_writer writer(out);
  AddText(writer, 1, parts.wave);
  for (const std::string& response : parts.responses) writer.add_message(2, response);
  for (const std::string& event : parts.case_events) writer.add_message(3, event);
  AddTime(writer, 4, parts.simulated_time);
  if (parts.sequence != 0) writer.add_uint64(5, parts.sequence);
}

}  // namespace panelpuls::wire
