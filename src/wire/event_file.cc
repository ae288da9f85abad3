#include "wire/columns.h"
#include "wire/files.h"

namespace panelpuls::wire {
namespace {

class EventRows {
 public:
  // Reads the header. Wave and options outlive this.
  static absl::StatusOr<EventRows> Make(CsvReader& reader, const wave::Wave& wave,
                                        const FileOptions& options);
  // A reason in the record: refused.
  void Decode(const std::vector<std::string_view>& fields, EventRecord& record) const;

 private:
  EventRows(const wave::Wave& wave, const FileOptions& options, const CsvFormat& csv)
      : wave_(&wave),
        codebook_(&options.codebook),
        csv_(csv),
        dispositions_(options.codebook, "disposition"),
        channels_(options.codebook, "channel"),
        times_(options.codebook, "at"),
        event_ids_(options.codebook, "event_id"),
        default_channel_(options.default_channel),
        default_disposition_(options.codebook.ConstantOf("disposition")) {
    if (default_channel_.empty()) default_channel_ = codebook_->ConstantOf("channel");
    if (default_channel_.empty() && !wave.channels.empty()) {
      default_channel_ = wave.channels.front().code;
    }
  }

  const wave::Wave* wave_;
  const Codebook* codebook_;
  CsvFormat csv_;
  std::size_t count_ = 0;
  int unit_id_ = Columns::kAbsent;
  int disposition_ = Columns::kAbsent;
  int channel_ = Columns::kAbsent;
  int at_ = Columns::kAbsent;
  int event_id_ = Columns::kAbsent;
  Values dispositions_;
  Values channels_;
  Values times_;
  Values event_ids_;
  std::string_view default_channel_;
  std::string_view default_disposition_;
};

const std::vector<std::string>& EventIds() {
  static const auto* const ids =
      new std::vector<std::string>{"unit_id", "disposition", "channel", "at", "event_id"};
  return *ids;
}

absl::StatusOr<EventRows> EventRows::Make(CsvReader& reader, const wave::Wave& wave,
                                          const FileOptions& options) {
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, wave, options, EventIds()));
  EventRows rows(wave, options, reader.format());
  rows.count_ = columns.size();
  PP_ASSIGN_OR_RETURN(rows.unit_id_, columns.Require("unit_id", reader));
  rows.disposition_ = columns.Find("disposition");
  if (rows.default_disposition_.empty()) {
    PP_RETURN_IF_ERROR(columns.Require("disposition", reader).status());
  }
  rows.channel_ = columns.Find("channel");
  rows.at_ = columns.Find("at");
  rows.event_id_ = columns.Find("event_id");
  return rows;
}

void Fail(EventRecord& record, const char* field, std::string_view reason) {
  record.field = field;
  record.reason = reason;
}

void EventRows::Decode(const std::vector<std::string_view>& fields, EventRecord& record) const {
  const auto field_at = [&](int column) {
    return column == Columns::kAbsent ? std::string_view()
                                      : fields[static_cast<std::size_t>(column)];
  };
  record.reason = WrongFieldCount(fields.size(), count_);
  if (!record.reason.empty()) return;
  wave::RawCaseEvent& event = record.event;
  event.unit_id = field_at(unit_id_);
  event.event_id = event_ids_.CodeOf(field_at(event_id_));
  event.disposition = default_disposition_;
  event.channel = default_channel_;
  std::string reason;
  if (disposition_ != Columns::kAbsent &&
      !dispositions_.FindCode(field_at(disposition_), csv_, &event.disposition, &reason)) {
    return Fail(record, "disposition", reason);
  }
  if (channel_ != Columns::kAbsent &&
      !channels_.FindCode(field_at(channel_), csv_, &event.channel, &reason)) {
    return Fail(record, "channel", reason);
  }
  const std::string_view time = times_.CodeOf(field_at(at_));
  if (time.empty()) return;
  const auto parsed = ParseFileTime(time, *codebook_, wave_->time_zone);
  if (!parsed.ok()) return Fail(record, "at", ToStd(parsed.status().message()));
  event.at = *parsed;
}

absl::Status CheckFormat(const FileOptions& options) {
  if (options.format == FileFormat::kCsv) return absl::OkStatus();
  return InvalidArgument("{}: case events are read from CSV only", options.file_name);
}

}  // namespace

absl::StatusOr<HeaderNotes> ReadEventHeader(std::string_view content, const wave::Wave& wave,
                                            const FileOptions& options) {
  PP_RETURN_IF_ERROR(CheckFormat(options));
  CsvReader reader(content, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, wave, options, EventIds()));
  return HeaderNotes{.ignored_columns = columns.Unused(EventIds()), .absent_questions = {}};
}

absl::Status ReadCaseEvents(std::string_view content, const wave::Wave& wave,
                            const FileOptions& options,
                            const std::function<bool(const EventRecord&)>& visit) {
  PP_RETURN_IF_ERROR(CheckFormat(options));
  CsvReader reader(content, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(const EventRows rows, EventRows::Make(reader, wave, options));
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) {
    if (SaysNothing(fields, Columns::kAbsent)) continue;
    EventRecord record;
    record.line = reader.line();
    record.text = reader.row_text();
    rows.Decode(fields, record);
    if (!visit(record)) return absl::OkStatus();
  }
  return reader.error();
}

}  // namespace panelpuls::wire
