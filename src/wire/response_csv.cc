#include "wire/response_csv.h"

#include <charconv>

#include "base/time_zone.h"
#include "wire/columns.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {
namespace {

constexpr char kOptionSeparator = '|';

// A column whose values are codes.
struct CodeColumn {
  std::string_view id;
  int column;
  Values values;
};

class ResponseRows {
 public:
  // Reads the header. FileOptions and Wave outlive this.
  static absl::StatusOr<ResponseRows> Make(CsvReader& reader, const wave::Wave& wave,
                                           const FileOptions& options);

  // False: refused, fault filled.
  bool Decode(const std::vector<std::string_view>& fields, wave::RawResponse& response,
              RecordFault& fault) const;

 private:
  ResponseRows(const wave::Wave& wave, const FileOptions& options)
      : csv_(options.csv),
        channel_values_(options.codebook, "channel"),
        status_values_(options.codebook, "status"),
        default_channel_(options.default_channel) {
    if (default_channel_.empty() && !wave.channels.empty()) {
      default_channel_ = wave.channels.front().code;
    }
  }

  static std::string_view FieldAt(const std::vector<std::string_view>& fields, int column) {
    return column == Columns::kAbsent ? std::string_view()
                                      : fields[static_cast<std::size_t>(column)];
  }
  bool DecodeScalars(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                     RecordFault& fault) const;
  void DecodeCodes(const std::vector<std::string_view>& fields, wave::RawResponse& response) const;

  CsvFormat csv_;
  std::size_t column_count_ = 0;
  int respondent_id_ = Columns::kAbsent;
  int channel_ = Columns::kAbsent;
  int revision_ = Columns::kAbsent;
  int collected_at_ = Columns::kAbsent;
  int status_ = Columns::kAbsent;
  int base_weight_ = Columns::kAbsent;
  Values channel_values_;
  Values status_values_;
  std::string_view default_channel_;
  std::vector<CodeColumn> dimensions_;
  std::vector<CodeColumn> questions_;
};

std::vector<std::string> KnownIds(const wave::Wave& wave) {
  std::vector<std::string> ids = {"respondent_id", "channel", "revision",
                                  "collected_at",  "status",  "base_weight"};
  for (const wave::Dimension& dimension : wave.dimensions) ids.push_back(dimension.id);
  for (const wave::Question& question : wave.questions) ids.push_back(question.id);
  return ids;
}

absl::StatusOr<ResponseRows> ResponseRows::Make(CsvReader& reader, const wave::Wave& wave,
                                                const FileOptions& options) {
  const std::vector<std::string> ids = KnownIds(wave);
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, options, ids));
  ResponseRows rows(wave, options);
  rows.column_count_ = columns.size();
  PP_ASSIGN_OR_RETURN(rows.respondent_id_, columns.Require("respondent_id", reader));
  rows.channel_ = columns.Find("channel");
  rows.revision_ = columns.Find("revision");
  rows.collected_at_ = columns.Find("collected_at");
  rows.status_ = columns.Find("status");
  rows.base_weight_ = columns.Find("base_weight");
  const auto add = [&](const std::string& id, std::vector<CodeColumn>& to) {
    const int column = columns.Find(id);
    if (column != Columns::kAbsent) to.push_back({id, column, Values(options.codebook, id)});
  };
  for (const wave::Dimension& dimension : wave.dimensions) add(dimension.id, rows.dimensions_);
  for (const wave::Question& question : wave.questions) add(question.id, rows.questions_);
  if (rows.dimensions_.empty() && rows.questions_.empty()) {
    return reader.ErrorHere(
        fmt::format("no column is a dimension or question of wave {}; known columns: {}", wave.id,
                    JoinIds(ids)));
  }
  return rows;
}

bool Fail(RecordFault& fault, const char* field, std::string reason) {
  fault.field = field;
  fault.reason = std::move(reason);
  return false;
}

bool ParseRevision(std::string_view text, std::uint32_t& revision) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, revision);
  return result.ec == std::errc() && result.ptr == end;
}

bool ResponseRows::DecodeScalars(const std::vector<std::string_view>& fields,
                                 wave::RawResponse& response, RecordFault& fault) const {
  response.respondent_id = FieldAt(fields, respondent_id_);
  response.channel = channel_ == Columns::kAbsent
                         ? default_channel_
                         : channel_values_.CodeOf(FieldAt(fields, channel_));
  const std::string_view revision = FieldAt(fields, revision_);
  if (!revision.empty() && !ParseRevision(revision, response.revision)) {
    return Fail(fault, "revision", fmt::format("\"{}\" {}", revision, kReasonRevision));
  }
  if (const std::string_view time = FieldAt(fields, collected_at_); !time.empty()) {
    const auto parsed = ParseTime(time);
    if (!parsed.ok()) {
      return Fail(fault, "collected_at", std::string(ToStd(parsed.status().message())));
    }
    response.collected_at = *parsed;
  }
  const std::string_view status = status_values_.CodeOf(FieldAt(fields, status_));
  if (!status.empty() && !ParseStatusName(status, response.status)) {
    return Fail(fault, "status", fmt::format("\"{}\" {}", status, kReasonStatus));
  }
  if (const std::string_view weight = FieldAt(fields, base_weight_); !weight.empty()) {
    const auto parsed = ParseNumber(weight, csv_);
    if (!parsed.ok()) {
      return Fail(fault, "base_weight", std::string(ToStd(parsed.status().message())));
    }
    response.base_weight = *parsed;
  }
  return true;
}

void ResponseRows::DecodeCodes(const std::vector<std::string_view>& fields,
                               wave::RawResponse& response) const {
  for (const CodeColumn& dimension : dimensions_) {
    const std::string_view field = FieldAt(fields, dimension.column);
    if (field.empty()) continue;
    response.categories.push_back({dimension.id, dimension.values.CodeOf(field)});
  }
  for (const CodeColumn& question : questions_) {
    std::string_view field = FieldAt(fields, question.column);
    if (field.empty()) continue;
    wave::RawAnswer answer{question.id, static_cast<std::uint32_t>(response.options.size()), 0};
    for (;;) {
      const std::size_t end = field.find(kOptionSeparator);
      response.options.push_back(question.values.CodeOf(field.substr(0, end)));
      ++answer.option_count;
      if (end == std::string_view::npos) break;
      field.remove_prefix(end + 1);
    }
    response.answers.push_back(answer);
  }
}

bool ResponseRows::Decode(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                          RecordFault& fault) const {
  response.Clear();
  if (std::string reason = WrongFieldCount(fields.size(), column_count_); !reason.empty()) {
    return Fail(fault, "", std::move(reason));
  }
  if (!DecodeScalars(fields, response, fault)) return false;
  DecodeCodes(fields, response);
  return true;
}

}  // namespace

absl::Status ReadCsvResponses(std::string_view content, const wave::Wave& wave,
                              const FileOptions& options,
                              const std::function<bool(const FileRecord&)>& visit) {
  CsvReader reader(content, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(const ResponseRows rows, ResponseRows::Make(reader, wave, options));
  std::vector<std::string_view> fields;
  wave::RawResponse response;
  RecordFault fault;
  while (reader.Next(fields)) {
    FileRecord record;
    record.line = reader.line();
    record.text = reader.row_text();
    if (rows.Decode(fields, response, fault)) {
      record.response = &response;
    } else {
      record.field = fault.field;
      record.reason = fault.reason;
    }
    if (!visit(record)) return absl::OkStatus();
  }
  return reader.error();
}

}  // namespace panelpuls::wire
