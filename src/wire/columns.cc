#include "wire/columns.h"

#include <algorithm>

#include "base/look_alike.h"
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
    const std::vector<std::string_view> known(names.begin(), names.end());
    return reader.ErrorHere(fmt::format(
        "column \"{}\", which the codebook names for {}, is missing{}; the file has: {}",
        Printable(name), id, LikenessBehind(name, known), ListColumns(names)));
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
    const bool has_values = codebook.values.contains(id) || codebook.ranges.contains(id) ||
                            codebook.separators.contains(id);
    if (has_values && column == Columns::kAbsent && !codebook.options.contains(id)) {
      return codebook.ErrorAt("", fmt::format("there are rules for the values of {}, but the file "
                                              "has no such column; add \"column {} = ...\"",
                                              id, id));
    }
  }
  return absl::OkStatus();
}

// A column that differs from an id in nothing that can be seen, or in case alone, is not left aside
// in silence: nobody would have answered that question.
absl::Status CheckNearNames(const CsvReader& reader, const Columns& columns,
                            const std::vector<std::string>& known_ids, const Codebook& codebook) {
  std::vector<std::string_view> absent;
  for (const std::string& id : known_ids) {
    if (columns.IsAbsent(id) && !codebook.ignored.contains(id)) absent.push_back(id);
  }
  const LookAlikes look_alikes(absent);
  for (const std::string& name : columns.Unused(known_ids)) {
    const std::string likeness = look_alikes.Describe(name);
    if (likeness.empty()) continue;
    return reader.ErrorHere(
        fmt::format("column \"{}\" is none of the wave's; {}; name it so, or say in a codebook "
                    "\"column ID = {}\" or \"ignore = {}\"",
                    Printable(name), likeness, Printable(name), Printable(name)));
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
  PP_RETURN_IF_ERROR(CheckNearNames(reader, columns, known_ids, options.codebook));
  return columns;
}

bool Columns::IsAbsent(const std::string& id) const {
  return Find(id) == kAbsent && !codebook_->constants.contains(id) &&
         !codebook_->options.contains(id);
}

std::vector<std::string> Columns::Unused(const std::vector<std::string>& known_ids) const {
  std::vector<bool> used(names_.size());
  const auto use = [&](int column) {
    if (column != kAbsent) used[static_cast<std::size_t>(column)] = true;
  };
  for (const std::string& id : known_ids) use(Find(id));
  for (const std::string& name : codebook_->ignored) use(FindNamed(name));
  for (const auto& [question, options] : codebook_->options) {
    for (const auto& [option, name] : options.columns) use(FindNamed(name));
  }
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!used[i]) unused.push_back(names_[i]);
  }
  return unused;
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

absl::Status Columns::RequireBaseWeight(const CsvReader& reader) const {
  if (Find("base_weight") != kAbsent) return absl::OkStatus();
  return reader.ErrorHere(fmt::format(
      "column \"base_weight\" is missing, and the definition says that base weights are per unit; "
      "the file has: {}; name the column in a codebook with \"column base_weight = ...\", or "
      "declare BASE_WEIGHTS_NONE",
      ListColumns(names_)));
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

bool SaysNothing(const std::vector<std::string_view>& fields, int id_column) {
  constexpr std::string_view kNoBreakSpace = "\u00A0";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (static_cast<int>(i) == id_column) continue;
    std::string_view field = fields[i];
    while (!field.empty()) {
      const bool wide = field.starts_with(kNoBreakSpace);
      if (!wide && field.front() != ' ' && field.front() != '\t') return false;
      field.remove_prefix(wide ? kNoBreakSpace.size() : 1);
    }
  }
  return true;
}

absl::StatusOr<Micros> ParseFileTime(std::string_view text, const Codebook& codebook,
                                     const TimeZone& zone) {
  if (codebook.time_formats.empty()) return ParseTime(text);
  absl::StatusOr<Micros> found;
  const std::string* found_by = nullptr;
  absl::Status refused;
  for (const std::string& format : codebook.time_formats) {
    const absl::StatusOr<Micros> time = zone.Parse(format, text, codebook.local_times);
    if (time.ok() && found_by != nullptr && *time != *found) {
      return InvalidArgument("\"{}\" is {} by the form \"{}\" and {} by \"{}\"; keep one",
                             Printable(text, kMostQuotedOfSender), zone.Format(*found),
                             Printable(*found_by), zone.Format(*time), Printable(format));
    }
    if (time.ok()) {
      found = time;
      found_by = &format;
    } else if (refused.ok() || absl::IsFailedPrecondition(time.status())) {
      refused = time.status();
    }
  }
  if (absl::IsFailedPrecondition(refused)) return refused;
  if (found_by != nullptr) return found;
  // With an offset it needs no form.
  found = ParseTime(text);
  return found.ok() ? found : refused;
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
