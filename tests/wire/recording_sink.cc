#include "wire/recording_sink.h"

#include <algorithm>

namespace panelpuls::wire {
namespace {

void SetTime(Micros time, google::protobuf::Timestamp& timestamp) {
  Micros seconds = time / kMicrosPerSecond;
  Micros micros = time % kMicrosPerSecond;
  if (micros < 0) {
    --seconds;
    micros += kMicrosPerSecond;
  }
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(micros) * 1000);
}

// The reference as a reader may give it: times cut to microseconds, unknown fields gone.
template <typename Message>
std::string Normal(Message message, google::protobuf::Timestamp* (Message::*time)(),
                   bool (Message::*has_time)() const) {
  message.DiscardUnknownFields();
  if ((message.*has_time)()) {
    google::protobuf::Timestamp* const timestamp = (message.*time)();
    timestamp->set_nanos(timestamp->nanos() / 1000 * 1000);
  }
  return message.SerializeAsString();
}

std::string Normal(const v1::Response& message) {
  return Normal<v1::Response>(message, &v1::Response::mutable_collected_at,
                              &v1::Response::has_collected_at);
}
std::string Normal(const v1::CaseEvent& message) {
  return Normal<v1::CaseEvent>(message, &v1::CaseEvent::mutable_at, &v1::CaseEvent::has_at);
}

// Rules that the generated classes do not have.
bool IsOwnRule(std::string_view reason) {
  return reason.find("wire type") != std::string_view::npos ||
         reason.find("out of range") != std::string_view::npos ||
         reason.find("is unknown; write COMPLETE") != std::string_view::npos;
}

template <typename Records, typename Reference>
std::string CompareRecords(const Records& records, const Reference& reference,
                           const RecordingSink& sink, wave::RecordKind kind) {
  auto next = records.begin();
  for (int i = 0; i < reference.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    const auto bad = std::find_if(sink.bad.begin(), sink.bad.end(), [&](const BadRecord& record) {
      return record.kind == kind && record.index == index;
    });
    if (bad != sink.bad.end()) {
      if (!IsOwnRule(bad->reason)) return "refused a record that protobuf takes: " + bad->reason;
      continue;
    }
    if (next == records.end() || next->first != index) return "a record is missing";
    if (next->second.SerializeAsString() != Normal(reference[i])) {
      return "records differ: " + next->second.ShortDebugString() + " and " +
             reference[i].ShortDebugString();
    }
    ++next;
  }
  return next == records.end() ? "" : "more records than protobuf has";
}

}  // namespace

v1::Response ToMessage(const wave::RawResponse& response) {
  v1::Response message;
  message.set_respondent_id(std::string(response.respondent_id));
  message.set_channel(std::string(response.channel));
  message.set_revision(response.revision);
  if (response.collected_at != kNoTime) {
    SetTime(response.collected_at, *message.mutable_collected_at());
  }
  message.set_status(static_cast<v1::Response::Status>(response.status));
  for (const wave::RawAnswer& answer : response.answers) {
    v1::Answer& added = *message.add_answers();
    added.set_question(std::string(answer.question));
    for (std::uint32_t i = 0; i < answer.option_count; ++i) {
      added.add_options(std::string(response.options[answer.first_option + i]));
    }
  }
  for (const wave::RawCategory& category : response.categories) {
    v1::CategoryValue& added = *message.add_categories();
    added.set_dimension(std::string(category.dimension));
    added.set_category(std::string(category.category));
  }
  if (response.base_weight.has_value()) message.set_base_weight(*response.base_weight);
  return message;
}

v1::CaseEvent ToMessage(const wave::RawCaseEvent& event) {
  v1::CaseEvent message;
  message.set_unit_id(std::string(event.unit_id));
  message.set_channel(std::string(event.channel));
  if (event.at != kNoTime) SetTime(event.at, *message.mutable_at());
  message.set_disposition(std::string(event.disposition));
  message.set_event_id(std::string(event.event_id));
  return message;
}

absl::Status RecordingSink::OnHeader(const BatchHeader& given) {
  ++headers;
  header = given;
  header_was_late = !indices.empty();
  return header_status;
}

void RecordingSink::OnResponse(std::uint32_t index, const wave::RawResponse& response) {
  indices.push_back(index);
  responses.emplace_back(index, ToMessage(response));
}

void RecordingSink::OnCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event) {
  indices.push_back(index);
  case_events.emplace_back(index, ToMessage(event));
}

void RecordingSink::OnBadRecord(wave::RecordKind kind, std::uint32_t index,
                                const RecordFault& fault) {
  indices.push_back(index);
  bad.push_back({kind, index, fault.field, fault.reason});
}

std::string CompareWithGenerated(BatchReader& reader, std::string_view bytes) {
  v1::Batch reference;
  const bool parsed = reference.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  RecordingSink sink;
  const absl::Status status = reader.Read(bytes, BatchFormat::kProtobuf, sink);
  if (!parsed) {
    return status.ok() && sink.bad.empty() ? "took bytes that protobuf cannot parse" : "";
  }
  if (!status.ok()) {
    const bool own = IsOwnRule(ToStd(status.message()));
    return own ? "" : "refused bytes that protobuf takes: " + status.ToString();
  }
  if (sink.headers != 1 || sink.header_was_late) return "the header did not come first";
  if (sink.header.wave != reference.wave() || sink.header.sequence != reference.sequence()) {
    return "headers differ";
  }
  const std::string difference =
      CompareRecords(sink.responses, reference.responses(), sink, wave::RecordKind::kResponse);
  if (!difference.empty()) return difference;
  return CompareRecords(sink.case_events, reference.case_events(), sink,
                        wave::RecordKind::kCaseEvent);
}

}  // namespace panelpuls::wire
