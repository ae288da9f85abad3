#include "wire/response_csv.h"

#include <array>
#include <charconv>

#include "base/look_alike.h"
#include "base/printable.h"
#include "wire/choices.h"
#include "wire/columns.h"
#include "wire/record_fault.h"

namespace panelpuls::wire {
namespace {

constexpr char kOptionSeparator = '|';

// Longest part of a file's name in a respondent id made of it, so that the row's number has room.
constexpr std::size_t kMaxNameBytes = 40;

// A column whose values are codes.
struct CodeColumn {
  std::string_view id;
  int column;  // kAbsent: every row has `constant`
  Values values;
  std::string_view constant = {};
  std::string_view separator = {};  // of a multiple choice, by a codebook's rule; empty: a bar
};

// A multiple-choice question with a column for each option.
struct OptionColumn {
  std::string_view option;
  int column;
};
struct ChoiceColumns {
  std::string_view id;
  const OptionColumns* rules;
  Values values;
  std::vector<OptionColumn> columns = {};
};

class ResponseRows {
 public:
  // Reads the header. FileOptions and Wave outlive this.
  static absl::StatusOr<ResponseRows> Make(CsvReader& reader, const wave::Wave& wave,
                                           const FileOptions& options);

  // Whether a row says nothing, and so is none. It has its number all the same.
  bool PassOver(const std::vector<std::string_view>& fields) {
    if (!SaysNothing(fields, respondent_id_)) return false;
    ++row_;
    return true;
  }

  // False: refused, fault filled. The response holds views into `fields` and into this, valid until
  // the next call.
  bool Decode(const std::vector<std::string_view>& fields, wave::RawResponse& response,
              RecordFault& fault);

 private:
  ResponseRows(const wave::Wave& wave, const FileOptions& options)
      : wave_(wave),
        codebook_(options.codebook),
        csv_(options.csv),
        channel_values_(options.codebook, "channel"),
        revision_values_(options.codebook, "revision"),
        status_values_(options.codebook, "status"),
        collected_values_(options.codebook, "collected_at"),
        weight_values_(options.codebook, "base_weight"),
        default_channel_(options.default_channel) {
    if (default_channel_.empty()) default_channel_ = codebook_.ConstantOf("channel");
    if (default_channel_.empty() && !wave.channels.empty()) {
      default_channel_ = wave.channels.front().code;
    }
    constant_status_ = codebook_.ConstantOf("status");
  }

  void NameRows(std::string_view file_name);
  void AddChoices(const Columns& columns);

  static std::string_view FieldAt(const std::vector<std::string_view>& fields, int column) {
    return column == Columns::kAbsent ? std::string_view()
                                      : fields[static_cast<std::size_t>(column)];
  }
  bool DecodeScalars(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                     RecordFault& fault) const;
  bool DecodeStatus(std::string_view field, wave::RawResponse& response, RecordFault& fault) const;
  bool DecodeCategories(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                        RecordFault& fault) const;
  bool DecodeQuestions(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                       RecordFault& fault) const;
  bool DecodeChoices(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                     RecordFault& fault) const;

  const wave::Wave& wave_;
  const Codebook& codebook_;
  CsvFormat csv_;
  std::size_t column_count_ = 0;
  int respondent_id_ = Columns::kAbsent;
  int channel_ = Columns::kAbsent;
  int revision_ = Columns::kAbsent;
  int collected_at_ = Columns::kAbsent;
  int status_ = Columns::kAbsent;
  int base_weight_ = Columns::kAbsent;
  Values channel_values_;
  Values revision_values_;
  Values status_values_;
  Values collected_values_;
  Values weight_values_;
  std::string_view default_channel_;
  std::string_view constant_status_;
  std::vector<CodeColumn> dimensions_;
  std::vector<CodeColumn> questions_;
  std::vector<ChoiceColumns> choices_;
  std::string row_prefix_;  // of the ids that rows get; empty: they have their own
  std::string row_id_;
  std::uint64_t row_ = 0;
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
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, wave, options, ids));
  ResponseRows rows(wave, options);
  rows.csv_ = reader.format();
  rows.column_count_ = columns.size();
  if (options.codebook.numbers_rows) {
    rows.NameRows(options.file_name);
  } else {
    PP_ASSIGN_OR_RETURN(rows.respondent_id_, columns.Require("respondent_id", reader));
  }
  rows.channel_ = columns.Find("channel");
  rows.revision_ = columns.Find("revision");
  rows.collected_at_ = columns.Find("collected_at");
  rows.status_ = columns.Find("status");
  rows.base_weight_ = columns.Find("base_weight");
  if (wave.base_weights == wave::BaseWeights::kPerUnit && !wave.has_frame) {
    PP_RETURN_IF_ERROR(columns.RequireBaseWeight(reader));
  }
  const auto add = [&](const std::string& id, std::vector<CodeColumn>& to) {
    const int column = columns.Find(id);
    const std::string_view constant = options.codebook.ConstantOf(id);
    if (column == Columns::kAbsent && constant.empty()) return;
    const auto separator = options.codebook.separators.find(id);
    to.push_back(
        {id, column, Values(options.codebook, id), constant,
         separator == options.codebook.separators.end() ? std::string_view() : separator->second});
  };
  for (const wave::Dimension& dimension : wave.dimensions) add(dimension.id, rows.dimensions_);
  for (const wave::Question& question : wave.questions) add(question.id, rows.questions_);
  rows.AddChoices(columns);
  if (rows.dimensions_.empty() && rows.questions_.empty() && rows.choices_.empty()) {
    return reader.ErrorHere(
        fmt::format("no column is a dimension or question of wave {}; known columns: {}", wave.id,
                    JoinIds(ids)));
  }
  return rows;
}

void ResponseRows::NameRows(std::string_view file_name) {
  std::string_view name = file_name.substr(file_name.find_last_of('/') + 1);
  if (name.size() > kMaxNameBytes) name.remove_prefix(name.size() - kMaxNameBytes);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; };
  while (!name.empty() && continues(name.front())) name.remove_prefix(1);
  row_prefix_ = fmt::format("{}:", name);
}

void ResponseRows::AddChoices(const Columns& columns) {
  for (const auto& [question, rules] : codebook_.options) {
    choices_.push_back({question, &rules, Values(codebook_, question), {}});
    ChoiceColumns& choice = choices_.back();
    for (const auto& [option, name] : rules.columns) {
      choice.columns.push_back({option, columns.FindNamed(name)});
    }
  }
}

bool ParseRevision(std::string_view text, std::uint32_t& revision) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, revision);
  return result.ec == std::errc() && result.ptr == end;
}

bool ResponseRows::DecodeStatus(std::string_view field, wave::RawResponse& response,
                                RecordFault& fault) const {
  std::string_view status = constant_status_;
  std::string reason;
  if (status_ != Columns::kAbsent) {
    status = {};
    if (!field.empty() && !status_values_.FindCode(field, csv_, &status, &reason)) {
      return Fail(fault, "status", std::move(reason));
    }
  }
  if (status.empty() || ParseStatusName(status, response.status)) return true;
  return Fail(fault, "status", fmt::format("\"{}\" {}", Printable(status), kReasonStatus));
}

bool ResponseRows::DecodeScalars(const std::vector<std::string_view>& fields,
                                 wave::RawResponse& response, RecordFault& fault) const {
  response.respondent_id = row_prefix_.empty() ? FieldAt(fields, respondent_id_) : row_id_;
  response.channel = default_channel_;
  std::string reason;
  if (channel_ != Columns::kAbsent &&
      !channel_values_.FindCode(FieldAt(fields, channel_), csv_, &response.channel, &reason)) {
    return Fail(fault, "channel", std::move(reason));
  }
  const std::string_view revision = revision_values_.CodeOf(FieldAt(fields, revision_));
  if (!revision.empty() && !ParseRevision(revision, response.revision)) {
    return Fail(fault, "revision", fmt::format("\"{}\" {}", Printable(revision), kReasonRevision));
  }
  if (const std::string_view time = collected_values_.CodeOf(FieldAt(fields, collected_at_));
      !time.empty()) {
    const auto parsed = ParseFileTime(time, codebook_, wave_.time_zone);
    if (!parsed.ok()) {
      return Fail(fault, "collected_at", std::string(ToStd(parsed.status().message())));
    }
    response.collected_at = *parsed;
  }
  if (!DecodeStatus(FieldAt(fields, status_), response, fault)) return false;
  if (const std::string_view weight = weight_values_.CodeOf(FieldAt(fields, base_weight_));
      !weight.empty()) {
    const auto parsed = ParseNumber(weight, csv_);
    if (!parsed.ok()) {
      return Fail(fault, "base_weight", std::string(ToStd(parsed.status().message())));
    }
    response.base_weight = *parsed;
  }
  return true;
}

bool ResponseRows::DecodeCategories(const std::vector<std::string_view>& fields,
                                    wave::RawResponse& response, RecordFault& fault) const {
  for (const CodeColumn& dimension : dimensions_) {
    std::string_view code = dimension.constant;
    if (dimension.column != Columns::kAbsent) {
      const std::string_view field = FieldAt(fields, dimension.column);
      if (field.empty()) continue;
      std::string reason;
      if (!dimension.values.FindCode(field, csv_, &code, &reason)) {
        return Fail(fault, std::string(dimension.id), std::move(reason));
      }
    }
    if (!code.empty()) response.categories.push_back({dimension.id, code});
  }
  return true;
}

// Takes the next choice off a cell with choices that a bar separates, or with a single one.
bool TakeBarredChoice(std::string_view& cell, bool& at_end, std::string_view* choice) {
  if (at_end) return false;
  const std::size_t end = cell.find(kOptionSeparator);
  *choice = cell.substr(0, end);
  at_end = end == std::string_view::npos;
  if (!at_end) cell.remove_prefix(end + 1);
  return true;
}

bool ResponseRows::DecodeQuestions(const std::vector<std::string_view>& fields,
                                   wave::RawResponse& response, RecordFault& fault) const {
  for (const CodeColumn& question : questions_) {
    std::string_view field =
        question.column == Columns::kAbsent ? question.constant : FieldAt(fields, question.column);
    if (field.empty()) continue;
    wave::RawAnswer answer{question.id, static_cast<std::uint32_t>(response.options.size()), 0};
    std::string_view choice;
    bool at_end = false;
    const auto take = [&] {
      return question.separator.empty()
                 ? TakeBarredChoice(field, at_end, &choice)
                 : TakeChoice(field, question.separator, question.values, &choice);
    };
    while (take()) {
      std::string_view code;
      std::string reason;
      if (!question.values.FindCode(choice, csv_, &code, &reason)) {
        return Fail(fault, std::string(question.id), std::move(reason));
      }
      if (code.empty()) continue;
      if (response.options.size() == kMaxItemsInRecord) {
        return Fail(fault, std::string(question.id), kReasonTooMany);
      }
      response.options.push_back(code);
      ++answer.option_count;
    }
    if (answer.option_count > 0) response.answers.push_back(answer);
  }
  return true;
}

bool ResponseRows::DecodeChoices(const std::vector<std::string_view>& fields,
                                 wave::RawResponse& response, RecordFault& fault) const {
  for (const ChoiceColumns& choice : choices_) {
    wave::RawAnswer answer{choice.id, static_cast<std::uint32_t>(response.options.size()), 0};
    bool answered = false;
    for (const OptionColumn& option : choice.columns) {
      const std::string_view field = FieldAt(fields, option.column);
      if (field.empty()) continue;
      const std::string_view value = choice.values.CodeOf(field);
      if (value.empty()) continue;  // a value that was declared missing
      answered = true;
      if (value == choice.rules->chosen) {
        response.options.push_back(option.option);
        ++answer.option_count;
      } else if (value != choice.rules->not_chosen) {
        return Fail(fault, fmt::format("{} {}", choice.id, option.option),
                    fmt::format("\"{}\" for option {} is neither \"{}\" (chosen) nor \"{}\" (not "
                                "chosen){}; map it in the codebook",
                                Printable(field), option.option, Printable(choice.rules->chosen),
                                Printable(choice.rules->not_chosen),
                                LikenessBehind(
                                    field, std::array<std::string_view, 2>{
                                               choice.rules->chosen, choice.rules->not_chosen})));
      }
    }
    if (answer.option_count == 0 && answered && !choice.rules->none.empty()) {
      response.options.push_back(choice.rules->none);
      ++answer.option_count;
    }
    if (answer.option_count > 0) response.answers.push_back(answer);
  }
  return true;
}

bool ResponseRows::Decode(const std::vector<std::string_view>& fields, wave::RawResponse& response,
                          RecordFault& fault) {
  response.Clear();
  ++row_;
  if (std::string reason = WrongFieldCount(fields.size(), column_count_); !reason.empty()) {
    return Fail(fault, "", std::move(reason));
  }
  if (!row_prefix_.empty()) row_id_ = fmt::format("{}{}", row_prefix_, row_);
  return DecodeScalars(fields, response, fault) && DecodeCategories(fields, response, fault) &&
         DecodeQuestions(fields, response, fault) && DecodeChoices(fields, response, fault);
}

}  // namespace

absl::StatusOr<HeaderNotes> ReadResponseHeader(std::string_view content, const wave::Wave& wave,
                                               const FileOptions& options) {
  HeaderNotes notes;
  if (options.format != FileFormat::kCsv) return notes;
  CsvReader reader(content, options.csv, options.file_name);
  const std::vector<std::string> ids = KnownIds(wave);
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, wave, options, ids));
  notes.ignored_columns = columns.Unused(ids);
  for (const wave::Question& question : wave.questions) {
    if (columns.IsAbsent(question.id)) notes.absent_questions.push_back(question.id);
  }
  return notes;
}

absl::Status ReadCsvResponses(std::string_view content, const wave::Wave& wave,
                              const FileOptions& options,
                              const std::function<bool(const FileRecord&)>& visit) {
  PP_ASSIGN_OR_RETURN(const std::string_view rows_text, WithoutLastLine(content, options));
  CsvReader reader(rows_text, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(ResponseRows rows, ResponseRows::Make(reader, wave, options));
  std::vector<std::string_view> fields;
  wave::RawResponse response;
  RecordFault fault;
  while (reader.Next(fields)) {
    if (rows.PassOver(fields)) {
      if (options.empty_rows == nullptr) continue;
      if (options.empty_rows->count++ == 0) options.empty_rows->first_line = reader.line();
      continue;
    }
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
