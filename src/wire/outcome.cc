#include "wire/outcome.h"

#include "base/json_writer.h"
#include "base/printable.h"
#include "panelpuls/v1/batch.pb.h"
#include "wire/stream.h"
#include "wire/utf8.h"

namespace panelpuls::wire {
namespace {

// BatchResult has the counts in the fields behind the sequence, in the order of wave::Result.
constexpr std::uint32_t kFirstCountField = 2;
constexpr std::uint32_t kResultsField = 9;
static_assert(kFirstCountField + wave::kResultCount == kResultsField);

// A protobuf string must be UTF-8; a reason may quote bytes of a file that is not.
void AddSenderText(protozero::pbf_writer& writer, std::uint32_t number, std::string_view text) {
  if (text.empty()) return;
  if (IsUtf8(text)) {
    writer.add_string(number, text.data(), text.size());
  } else {
    writer.add_string(number, ReplaceInvalidUtf8(text));
  }
}

std::array<std::uint32_t, wave::kResultCount> CountsOf(const v1::BatchResult& result) {
  return {result.accepted(), result.duplicate(), result.superseded(),   result.conflict(),
          result.erased(),   result.rejected(),  result.register_full()};
}

}  // namespace

absl::StatusOr<wave::Result> ParseResult(std::string_view code) {
  for (std::size_t i = 0; i < wave::kResultCodes.size(); ++i) {
    if (wave::kResultCodes[i] == code) return static_cast<wave::Result>(i);
  }
  return InvalidArgument("batch result: result \"{}\" is unknown; the server may be newer",
                         Printable(code));
}

std::string_view RecordKindCode(wave::RecordKind kind) {
  return kind == wave::RecordKind::kResponse ? "response" : "case_event";
}

absl::StatusOr<wave::RecordKind> ParseRecordKind(std::string_view code) {
  for (const auto kind : {wave::RecordKind::kResponse, wave::RecordKind::kCaseEvent}) {
    if (RecordKindCode(kind) == code) return kind;
  }
  return InvalidArgument("batch result: kind \"{}\" is unknown; the server may be newer",
                         Printable(code));
}

void WriteOutcome(const wave::BatchOutcome& outcome, protozero::pbf_writer& writer) {
  if (outcome.sequence != 0) writer.add_uint64(1, outcome.sequence);
  for (std::uint32_t i = 0; i < wave::kResultCount; ++i) {
    if (outcome.counts[i] != 0) writer.add_uint32(kFirstCountField + i, outcome.counts[i]);
  }
  for (const wave::RecordOutcome& record : outcome.results()) {
    protozero::pbf_writer part(writer, kResultsField);
    AddSenderText(part, 1, RecordKindCode(record.kind));
    if (record.index != 0) part.add_uint32(2, record.index);
    AddSenderText(part, 3, wave::kResultCodes[static_cast<std::size_t>(record.result)]);
    AddSenderText(part, 4, outcome.Text(record.field));
    AddSenderText(part, 5, outcome.Text(record.reason));
    AddSenderText(part, 6, outcome.Text(record.event_id));
  }
}

absl::StatusOr<wave::BatchOutcome> OutcomeOf(const v1::BatchResult& result) {
  wave::BatchOutcome outcome;
  outcome.sequence = result.sequence();
  outcome.counts = CountsOf(result);
  outcome.Reserve(static_cast<std::size_t>(result.results_size()));
  for (const v1::RecordResult& record : result.results()) {
    PP_ASSIGN_OR_RETURN(const wave::RecordKind kind, ParseRecordKind(record.kind()));
    PP_ASSIGN_OR_RETURN(const wave::Result became, ParseResult(record.result()));
    outcome.Add(
        kind, record.index(), became,
        {.field = record.field(), .reason = record.reason(), .event_id = record.event_id()});
  }
  return outcome;
}

std::string OutcomeToProtobuf(const wave::BatchOutcome& outcome) {
  std::string out;
  protozero::pbf_writer writer(out);
  WriteOutcome(outcome, writer);
  return out;
}

absl::StatusOr<wave::BatchOutcome> OutcomeFromProtobuf(std::string_view bytes) {
  v1::BatchResult result;
  if (!result.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return InvalidArgument("batch result: malformed protobuf in {} bytes", bytes.size());
  }
  return OutcomeOf(result);
}

}  // namespace panelpuls::wire
