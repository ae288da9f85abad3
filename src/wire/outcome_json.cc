#include "base/json_writer.h"
#include "wire/json_record.h"
#include "wire/outcome.h"
#include "wire/stream.h"

namespace panelpuls::wire {
namespace {

using simdjson::dom::element;

constexpr std::uint64_t kMaxCount = 0xFFFFFFFF;

absl::Status WrongField(std::string_view name) {
  return InvalidArgument("batch result: {} is of the wrong type", name);
}

absl::Status ReadUnsigned32(std::string_view name, element value, std::uint32_t& out) {
  const auto number = ReadJsonUnsigned(value, kMaxCount);
  if (!number.has_value()) return WrongField(name);
  out = static_cast<std::uint32_t>(*number);
  return absl::OkStatus();
}

// Views into the parser's memory.
struct ReadRecord {
  wave::RecordKind kind = wave::RecordKind::kResponse;
  std::uint32_t index = 0;
  wave::Result result = wave::Result::kRejected;
  wave::RecordTexts texts;
};

absl::Status ReadRecordField(std::string_view name, element value, ReadRecord& record) {
  if (name == "index") return ReadUnsigned32(name, value, record.index);
  std::string_view text;
  RecordFault fault;
  if (!ReadJsonText(value, text, fault)) return WrongField(name);
  if (name == "kind") {
    PP_ASSIGN_OR_RETURN(record.kind, ParseRecordKind(text));
  } else if (name == "result") {
    PP_ASSIGN_OR_RETURN(record.result, ParseResult(text));
  } else if (name == "field") {
    record.texts.field = text;
  } else if (name == "reason") {
    record.texts.reason = text;
  } else if (name == "event_id") {
    record.texts.event_id = text;
  }
  return absl::OkStatus();
}

bool IsRecordField(std::string_view name) {
  return name == "index" || name == "kind" || name == "result" || name == "field" ||
         name == "reason" || name == "event_id";
}

absl::Status ReadRecords(element value, wave::BatchOutcome& outcome) {
  simdjson::dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return WrongField("results");
  for (const element item : array) {
    simdjson::dom::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS) return WrongField("results[]");
    ReadRecord record;
    for (const auto [name, field] : object) {
      if (IsRecordField(name)) PP_RETURN_IF_ERROR(ReadRecordField(name, field, record));
    }
    outcome.Add(record.kind, record.index, record.result, record.texts);
  }
  return absl::OkStatus();
}

absl::Status ReadOutcomeField(std::string_view name, element value, wave::BatchOutcome& outcome) {
  if (name == "sequence") {
    const auto number = ReadJsonUnsigned(value, UINT64_MAX);
    if (!number.has_value()) return WrongField(name);
    outcome.sequence = *number;
    return absl::OkStatus();
  }
  if (name == "results") return ReadRecords(value, outcome);
  for (std::size_t i = 0; i < wave::kResultCodes.size(); ++i) {
    if (name == wave::kResultCodes[i]) return ReadUnsigned32(name, value, outcome.counts[i]);
  }
  return absl::OkStatus();
}

}  // namespace

std::string OutcomeToJson(const wave::BatchOutcome& outcome) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Field("sequence", outcome.sequence);
  for (std::size_t i = 0; i < wave::kResultCodes.size(); ++i) {
    json.Field(wave::kResultCodes[i], outcome.counts[i]);
  }
  json.Key("results");
  json.BeginArray();
  for (const wave::RecordOutcome& record : outcome.results()) {
    json.BeginObject();
    json.Field("kind", RecordKindCode(record.kind));
    json.Field("index", record.index);
    json.Field("result", wave::kResultCodes[static_cast<std::size_t>(record.result)]);
    if (!record.field.empty()) json.Field("field", outcome.Text(record.field));
    if (!record.reason.empty()) json.Field("reason", outcome.Text(record.reason));
    if (!record.event_id.empty()) json.Field("event_id", outcome.Text(record.event_id));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return out;
}

absl::StatusOr<wave::BatchOutcome> OutcomeFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  simdjson::dom::object object;
  if (const auto error = parser.parse(json.data(), json.size(), true).get(root)) {
    return InvalidArgument("batch result: broken JSON: {}", simdjson::error_message(error));
  }
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return InvalidArgument("batch result: not an object");
  }
  wave::BatchOutcome outcome;
  for (const auto [name, value] : object) {
    PP_RETURN_IF_ERROR(ReadOutcomeField(name, value, outcome));
  }
  return outcome;
}

}  // namespace panelpuls::wire
