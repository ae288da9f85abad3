#include "wire/columns.h"

#include <algorithm>

namespace panelpuls::wire {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

absl::Status CheckNamedColumns(const CsvReader& reader, const std::vector<std::string>& names,
                               const Codebook& codebook,
                               const std::vector<std::string>& known_ids) {
  const auto missing = [&](const std::string& id, const std::string& name) {
    return reader.ErrorHere(
        fmt::format("column \"{}\", which the codebook names for {}, is missing; the file has: {}",
                    name, id, JoinIds(names)));
  };
  for (const auto& [id, name] : codebook.columns) {
    if (Contains(known_ids, id) && !Contains(names, name)) return missing(id, name);
  }
  for (const std::string& name : codebook.ignored) {
    if (!Contains(names, name)) {
      return reader.ErrorHere(
          fmt::format("column \"{}\", which the codebook ignores, is missing; the file has: {}",
                      name, JoinIds(names)));
    }
  }
  for (const auto& [question, options] : codebook.options) {
    if (!Contains(known_ids, question)) continue;
    for (const auto& [option, name] : options.columns) {
      if (!Contains(names, name)) return missing(fmt::format("{} {}", question, option), name);
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
    const auto begin = columns.names_.begin();
    const auto here = begin + static_cast<std::ptrdiff_t>(i);
    if (!here->empty() && std::find(begin, here, *here) != here) {
      return reader.ErrorHere(
          fmt::format("two columns are named \"{}\"; give each its own name", *here));
    }
  }
  PP_RETURN_IF_ERROR(CheckNamedColumns(reader, columns.names_, options.codebook, known_ids));
  PP_RETURN_IF_ERROR(CheckValues(columns, options.codebook, known_ids));
  if (options.ignored_columns != nullptr) {
    for (std::size_t i = 0; i < columns.names_.size(); ++i) {
      const bool used = std::any_of(known_ids.begin(), known_ids.end(), [&](const auto& id) {
        return columns.Find(id) == static_cast<int>(i);
      });
      if (!used) options.ignored_columns->push_back(columns.names_[i]);
    }
  }
  return columns;
}

int Columns::Find(const std::string& id) const {
  const auto renamed = codebook_->columns.find(id);
  if (renamed != codebook_->columns.end()) return FindNamed(renamed->second);
  return codebook_->ignored.contains(id) ? kAbsent : FindNamed(id);
}

int Columns::FindNamed(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? kAbsent : static_cast<int>(found - names_.begin());
}

absl::StatusOr<int> Columns::Require(const std::string& id, const CsvReader& reader) const {
  const int column = Find(id);
  if (column != kAbsent) return column;
  return reader.ErrorHere(
      fmt::format("column \"{}\" is missing; the file has: {}; name the column so, or give a "
                  "codebook with \"column {} = ...\"",
                  id, JoinIds(names_), id));
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
  const auto range = std::find_if(ranges_->begin(), ranges_->end(), [&](const CodeRange& one) {
    return one.low <= *number && *number < one.high;
  });
  if (range == ranges_->end()) {
    *reason = fmt::format("{} is in no range of the codebook; add one, or a value or missing rule",
                          value);
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
      options.file_name, begin);
}

std::string WrongFieldCount(std::size_t fields, std::size_t columns) {
  if (fields == columns) return {};
  return fmt::format(
      "has {} fields where the header has {}; quote fields that hold the separator, and declare "
      "another separator when decimals have commas",
      fields, columns);
}

std::string JoinIds(const std::vector<std::string>& ids) {
  return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace panelpuls::wire
