#include "wire/field_columns.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "wire/response_csv.h"

namespace panelpuls::wire {
namespace {

// "name[7]rest" taken apart.
struct Indexed {
  std::string_view name;
  std::size_t index = 0;
  std::string_view rest;
};

std::optional<Indexed> TakeIndex(std::string_view path) {
  Indexed part;
  const std::size_t open = path.find('[');
  if (open == std::string_view::npos) return std::nullopt;
  part.name = path.substr(0, open);
  const char* const end = path.data() + path.size();
  const auto number = std::from_chars(path.data() + open + 1, end, part.index);
  if (number.ec != std::errc() || number.ptr == end || *number.ptr != ']') return std::nullopt;
  part.rest = path.substr(static_cast<std::size_t>(number.ptr + 1 - path.data()));
  return part;
}

}  // namespace

absl::StatusOr<FieldColumns> FieldColumns::Make(std::string_view content, const wave::Wave& wave,
                                                const FileOptions& options) {
  FieldColumns columns(wave, options);
  columns.options_.empty_rows = nullptr;
  columns.options_.ignored_fields = nullptr;
  columns.options_.codebook.last_line.clear();  // it is the file's, not that of each row
  if (options.format != FileFormat::kCsv) return columns;
  columns.options_.csv.encoding = CsvFormat::kUtf8;  // as a reader gives the texts
  CsvReader reader(content, options.csv, options.file_name);
  std::vector<std::string_view> fields;
  if (reader.Next(fields)) {
    columns.header_ = fmt::format("{}\n", reader.row_text());
    columns.options_.csv.separator = reader.format().separator;  // the file may declare it
    columns.names_.insert(fields.begin(), fields.end());
  }
  PP_RETURN_IF_ERROR(reader.error());
  return columns;
}

std::string FieldColumns::OfId(const std::string& id) const {
  const Codebook& codebook = options_.codebook;
  const auto renamed = codebook.columns.find(id);
  const std::string& name = renamed == codebook.columns.end() ? id : renamed->second;
  if (renamed == codebook.columns.end() && codebook.ignored.contains(id)) return {};
  return names_.contains(name) ? name : std::string();
}

std::string FieldColumns::OfOption(const std::string& question, std::string_view option) const {
  const auto rules = options_.codebook.options.find(question);
  if (rules == options_.codebook.options.end()) return OfId(question);
  const auto place = rules->second.by_option.find(std::string(option));
  if (place == rules->second.by_option.end()) return {};
  return rules->second.columns[place->second].second;
}

std::string FieldColumns::OfPath(const wave::RawResponse& response, std::string_view field) const {
  const auto part = TakeIndex(field);
  if (!part.has_value()) return {};
  if (part->name == "categories" && part->index < response.categories.size()) {
    return OfId(std::string(response.categories[part->index].dimension));
  }
  if (part->name != "answers" || part->index >= response.answers.size()) return {};
  const wave::RawAnswer& answer = response.answers[part->index];
  const auto option = TakeIndex(part->rest);
  if (!option.has_value() || option->index >= answer.option_count) {
    return OfId(std::string(answer.question));
  }
  return OfOption(std::string(answer.question),
                  response.options[answer.first_option + option->index]);
}

std::string FieldColumns::OfPath(std::string_view text, std::string_view field) const {
  std::string column;
  const std::string row = fmt::format("{}{}", header_, text);
  // A row that cannot be read has no field either.
  static_cast<void>(ReadCsvResponses(row, *wave_, options_, [&](const FileRecord& record) {
    if (record.response == nullptr) return false;
    if (field != "categories") {
      column = OfPath(*record.response, field);
      return false;
    }
    for (const wave::Dimension& dimension : wave_->dimensions) {
      const auto& sent = record.response->categories;
      if (std::any_of(sent.begin(), sent.end(), [&](const wave::RawCategory& category) {
            return category.dimension == dimension.id;
          })) {
        continue;
      }
      column = OfId(dimension.id);  // a server names the first that is missing
      break;
    }
    return false;
  }));
  return column;
}

std::string FieldColumns::Of(std::string_view text, std::string_view field) const {
  if (names_.empty() || field.empty()) return {};
  if (field == "categories" || field.find('[') != std::string_view::npos) {
    return OfPath(text, field);
  }
  // A reader names a column of an option as a codebook does: "QUESTION OPTION".
  for (const auto& [question, rules] : options_.codebook.options) {
    if (field.size() > question.size() && field.starts_with(question) &&
        field[question.size()] == ' ') {
      return OfOption(question, field.substr(question.size() + 1));
    }
  }
  return OfId(std::string(field));
}

}  // namespace panelpuls::wire
