#include "wire/columns.h"

#include <algorithm>

#include "base/printable.h"

namespace panelpuls::wire {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

absl::Status CheckNamedColumns(const CsvReader& reader, const Columns& columns,
                               const std::vector<std::string>& names, const Codebook& codebook,
                               const std::vector<std::string>& known_ids) {
  const auto lacks = [&](const std::string& name) {
    return columns.FindNamed(name) == Columns::kAbsent;
  };
  const auto missing = [&](const std::string& id, const std::string& name) {
    return reader.ErrorHere(
        fmt::format("column \"{}\", which the codebook names for {}, is missing; the file has: {}",
                    Printable(name), id, ListColumns(names)));
  };
  for (const auto& [id, name] : codebook.columns) {
    if (Contains(known_ids, id) && lacks(name)) return missing(id, name);
  }
  for (const std::string& name : codebook.ignored) {
    if (lacks(name)) {
      return reader.ErrorHere(
          fmt::format("column \"{}\", which the codebook ignores, is missing; the file has: {}",
                      Printable(name), ListColumns(names)));
    }
  }
  for (const auto& [question, options] : codebook.options) {
    if (!Contains(known_ids, question)) continue;
    for (const auto& [option, name] : options.columns) {
      if (lacks(name)) return missing(fmt::format("{} {}", question, option), name);
    }
  }
  return absl::OkStatus();
}

// A rule for values without a column would be silently without effect.
absl::Status CheckValues(const Columns& columns, const Codebook& codebook,
                         const std::vector<std::string>& known_ids) {
  for (const std::string& id : known_ids) {
    const int column = columns.Find(id);
    if (codebook.constants.contains(id) && column != Columns::kAbsent) {
      return codebook.ErrorAt("constant " + id,
                              fmt::format("{} is constant here, but the file has a column for it; "
                                          "leave the rule out, or name the column otherwise",
                                          id));
    }
    const bool has_values = codebook.values.contains(id) || codebook.ranges.contains(id);
    if (has_values && column == Columns::kAbsent && !codebook.options.contains(id)) {
      return codebook.ErrorAt("", fmt::format("there are rules for the values of {}, but the file "
                                              "has no such column; add \"column {} = ...\"",
                                              id, id));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Columns> Columns::Read(CsvReader& reader, const wave::Wave& wave,
                                      const FileOptions& options,
                                      const std::vector<std::string>& known_ids) {
  PP_RETURN_IF_ERROR(CheckCodebook(options.codebook, wave));
  std::vector<std::string_view> header;
  if (!reader.Next(header)) {
    PP_RETURN_IF_ERROR(reader.error());
    return InvalidArgument("{}:1: the file is empty; its first line must name the columns",
                           options.file_name);
  }
  Columns columns;
  columns.codebook_ = &options.codebook;
  columns.names_.assign(header.begin(), header.end());
  for (std::size_t i = 0; i < columns.names_.size(); ++i) {
    const std::string& name = columns.names_[i];
    if (!name.empty() && !columns.places_.emplace(name, static_cast<int>(i)).second) {
      return reader.ErrorHere(
          fmt::format("two columns are named \"{}\"; give each its own name", Printable(name)));
    }
  }
  PP_RETURN_IF_ERROR(
      CheckNamedColumns(reader, columns, columns.names_, options.codebook, known_ids));
  PP_RETURN_IF_ERROR(CheckValues(columns, options.codebook, known_ids));
  if (options.ignored_columns != nullptr) columns.AddIgnored(known_ids, *options.ignored_columns);
  return columns;
}

void Columns::AddIgnored(const std::vector<std::string>& known_ids,
                         std::vector<std::string>& ignored) const {
  std::vector<bool> used(names_.size());
  for (const std::string& id : known_ids) {
    if (const int column = Find(id); column != kAbsent)
      used[static_cast<std::size_t>(column)] = true;
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!used[i]) ignored.push_back(names_[i]);
  }
}

int Columns::Find(const std::string& id) const {
  const auto renamed = codebook_->columns.find(id);
  if (renamed != codebook_->columns.end()) return FindNamed(renamed->second);
  return codebook_->ignored.contains(id) ? kAbsent : FindNamed(id);
}

int Columns::FindNamed(std::string_view name) const {
  const auto found = places_.find(ToAbsl(name));
  return found == places_.end() ? kAbsent : found->second;
}

absl::StatusOr<int> Columns::Require(const std::string& id, const CsvReader& reader) const {
  const int column = Find(id);
  if (column != kAbsent) return column;
  return reader.ErrorHere(
      fmt::format("column \"{}\" is missing; the file has: {}; name the column so, or give a "
                  "codebook with \"column {} = ...\"",
                  id, ListColumns(names_), id));
}

Values::Values(const Codebook& codebook, const std::string& id) {
  const auto found = codebook.values.find(id);
  if (found != codebook.values.end()) codes_ = &found->second;
  const auto ranges = codebook.ranges.find(id);
  if (ranges != codebook.ranges.end()) ranges_ = &ranges->second;
}

bool Values::FindCode(std::string_view value, const CsvFormat& csv, std::string_view* code,
                      std::string* reason) const {
  if (codes_ != nullptr) {
    if (const auto found = codes_->find(value); found != codes_->end()) {
      *code = found->second;
      return true;
    }
  }
  *code = value;
  if (ranges_ == nullptr) return true;
  const auto number = ParseNumber(value, csv);
  if (!number.ok()) {
    *reason = ToStd(number.status().message());
    return false;
  }
  const CodeRange* const range = FindRange(*ranges_, *number);
  if (range == nullptr) {
    *reason = fmt::format("{} is in no range of the codebook; add one, or a value or missing rule",
                          Printable(value));
    return false;
  }
  *code = range->code;
  return true;
}

std::string_view Values::CodeOf(std::string_view value) const {
  if (codes_ == nullptr) return value;
  const auto found = codes_->find(value);
  return found == codes_->end() ? value : std::string_view(found->second);
}

absl::StatusOr<std::string_view> WithoutLastLine(std::string_view content,
                                                 const FileOptions& options) {
  const std::string& begin = options.codebook.last_line;
  if (begin.empty()) return content;
  const std::size_t end = content.find_last_not_of(" \r\n");
  const std::size_t before = end == std::string_view::npos ? end : content.find_last_of('\n', end);
  const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
  if (content.substr(line).starts_with(begin)) return content.substr(0, line);
  return InvalidArgument(
      "{}: the last line does not begin with \"{}\", so the file is not whole; get it anew",
      options.file_name, Printable(begin));
}

std::string WrongFieldCount(std::size_t fields, std::size_t columns) {
  if (fields == columns) return {};
  return fmt::format(
      "has {} fields where the header has {}; quote fields that hold the separator, and declare "
      "another separator when decimals have commas",
      fields, columns);
}

std::string ListColumns(const std::vector<std::string>& names) {
  constexpr std::size_t kMostColumns = 20;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMostColumns; ++i) {
    list += fmt::format("{}{}", i > 0 ? ", " : "", Printable(names[i]));
  }
  if (names.size() > kMostColumns)
    list += fmt::format(", and {} more", names.size() - kMostColumns);
  return list;
}

std::string JoinIds(const std::vector<std::string>& ids) {
  return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace panelpuls::wire
