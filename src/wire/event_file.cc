#include "base/time_zone.h"
#include "wire/columns.h"
#include "wire/files.h"

namespace panelpuls::wire {
namespace {

struct EventColumns {
  std::size_t count = 0;
  int unit_id, disposition, channel, at, event_id;
};

absl::StatusOr<EventColumns> ReadColumns(CsvReader& reader, const wave::Wave& wave,
                                         const FileOptions& options) {
  PP_ASSIGN_OR_RETURN(const Columns columns,
                      Columns::Read(reader, wave, options,
                                    {"unit_id", "disposition", "channel", "at", "event_id"}));
  EventColumns result{};
  result.count = columns.size();
  PP_ASSIGN_OR_RETURN(result.unit_id, columns.Require("unit_id", reader));
  PP_ASSIGN_OR_RETURN(result.disposition, columns.Require("disposition", reader));
  result.channel = columns.Find("channel");
  result.at = columns.Find("at");
  result.event_id = columns.Find("event_id");
  return result;
}

std::string_view FieldAt(const std::vector<std::string_view>& fields, int column) {
  return column == Columns::kAbsent ? std::string_view() : fields[static_cast<std::size_t>(column)];
}

}  // namespace

absl::Status ReadCaseEvents(std::string_view content, const wave::Wave& wave,
                            const FileOptions& options,
                            const std::function<bool(const EventRecord&)>& visit) {
  if (options.format != FileFormat::kCsv) {
    return InvalidArgument("{}: case events are read from CSV only", options.file_name);
  }
  CsvReader reader(content, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(const EventColumns columns, ReadColumns(reader, wave, options));
  const Values channels(options.codebook, "channel");
  const Values dispositions(options.codebook, "disposition");
  std::string_view default_channel = options.default_channel;
  if (default_channel.empty() && !wave.channels.empty()) {
    default_channel = wave.channels.front().code;
  }
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) {
    EventRecord record;
    record.line = reader.line();
    record.text = reader.row_text();
    record.reason = WrongFieldCount(fields.size(), columns.count);
    if (record.reason.empty()) {
      record.event.unit_id = FieldAt(fields, columns.unit_id);
      record.event.disposition = dispositions.CodeOf(FieldAt(fields, columns.disposition));
      record.event.event_id = FieldAt(fields, columns.event_id);
      record.event.channel = columns.channel == Columns::kAbsent
                                 ? default_channel
                                 : channels.CodeOf(FieldAt(fields, columns.channel));
      if (const std::string_view time = FieldAt(fields, columns.at); !time.empty()) {
        const auto parsed = ParseTime(time);
        if (parsed.ok()) {
          record.event.at = *parsed;
        } else {
          record.field = "at";
          record.reason.assign(ToStd(parsed.status().message()));
        }
      }
    }
    if (!visit(record)) return absl::OkStatus();
  }
  return reader.error();
}

}  // namespace panelpuls::wire
