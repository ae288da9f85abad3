#include "sim/parameters.h"
#include "base/characters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace panelpuls::sim {
namespace {

struct Line {
  std::string_view body;
  std::string_view mark;
};

// Splits the mark off; a comment and blanks leave an empty body.
Line SplitMark(std::string_view text) {
  text = StripWhitespace(text);
  if (text.empty() || text.front() == '#') return {};
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos) return {.body = text, .mark = {}};
  return {.body = StripWhitespace(text.substr(0, bar)),
          .mark = StripWhitespace(text.substr(bar + 1))};
}

bool IsMark(std::string_view mark) {
  for (const std::string_view kind : {"published: ", "assumed: "}) {
    if (mark.starts_with(kind) && mark.size() > kind.size()) return true;
  }
  return false;
}

bool ReadNumber(std::string_view text, double* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(*value);
}

}  // namespace

absl::StatusOr<Parameters> Parameters::Parse(std::string_view text, std::string file_name) {
  Parameters result;
  result.file_name_ = std::move(file_name);
  std::string section;
  std::string section_mark;
  std::uint64_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto [body, mark] = SplitMark(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (body.empty()) continue;
    const auto error = [&](std::string_view message) {
      return InvalidArgument("{}:{}: {}", result.file_name_, line, message);
    };
    if (!mark.empty() && !IsMark(mark)) {
      return error("the mark is neither; write '| published: SOURCE' or '| assumed: REASON'");
    }
    if (body.front() == '[') {
      if (body.back() != ']') return error("a section ends with ']'");
      section = body.substr(1, body.size() - 2);
      section_mark = mark;
      continue;
    }
    const std::size_t equals = body.rfind(" = ");
    if (equals == std::string_view::npos) return error("neither [section] nor 'name = value'");
    Entry entry{.section = section,
                .name = std::string(StripWhitespace(body.substr(0, equals))),
                .value = std::string(StripWhitespace(body.substr(equals + 3))),
                .mark = mark.empty() ? section_mark : std::string(mark),
                .line = line};
    if (entry.mark.empty()) {
      return error(
          fmt::format("'{}' has no mark; write '| published: SOURCE' or '| assumed: REASON' "
                      "behind it or behind its section",
                      entry.name));
    }
    for (const Entry& other : result.entries_) {
      if (other.section == entry.section && other.name == entry.name) {
        return error(
            fmt::format("'{}' stands on line {} already; remove one", entry.name, other.line));
      }
    }
    result.entries_.push_back(std::move(entry));
  }
  return result;
}

const Parameters::Entry* Parameters::Find(std::string_view section, std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.section == section && entry.name == name) {
      entry.used = true;
      return &entry;
    }
  }
  return nullptr;
}

std::vector<const Parameters::Entry*> Parameters::Section(std::string_view section) const {
  std::vector<const Entry*> result;
  for (const Entry& entry : entries_) {
    if (entry.section != section) continue;
    entry.used = true;
    result.push_back(&entry);
  }
  return result;
}

std::vector<std::string> Parameters::SectionsUnder(std::string_view prefix) const {
  std::vector<std::string> result;
  for (const Entry& entry : entries_) {
    if (!std::string_view(entry.section).starts_with(prefix)) continue;
    if (std::find(result.begin(), result.end(), entry.section) == result.end()) {
      result.push_back(entry.section);
    }
  }
  return result;
}

absl::StatusOr<double> Parameters::Number(std::string_view section, std::string_view name,
                                          const NumberRange& range) const {
  const Entry* entry = Find(section, name);
  if (entry == nullptr) {
    return InvalidArgument("{}: [{}] needs a line '{} = NUMBER | assumed: REASON'", file_name_,
                           section, name);
  }
  return Number(*entry, range);
}

absl::StatusOr<double> Parameters::Number(const Entry& entry, const NumberRange& range) const {
  double value = 0;
  if (!ReadNumber(entry.value, &value)) {
    return ErrorAt(entry, fmt::format("'{}' is no number; write one such as 0.25", entry.value));
  }
  if (value < range.low || value > range.high) {
    return ErrorAt(entry, fmt::format("{} = {} is not between {} and {}", entry.name, entry.value,
                                      range.low, range.high));
  }
  return value;
}

absl::StatusOr<std::vector<double>> Parameters::Numbers(std::string_view section,
                                                        std::string_view name,
                                                        const NumberRange& range) const {
  const Entry* entry = Find(section, name);
  if (entry == nullptr) {
    return InvalidArgument("{}: [{}] needs a line '{} = NUMBER NUMBER ... | assumed: REASON'",
                           file_name_, section, name);
  }
  std::vector<double> result;
  std::string_view rest = entry->value;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    Entry part = *entry;
    part.value = rest.substr(0, end);
    rest = StripWhitespace(rest.substr(end));
    PP_ASSIGN_OR_RETURN(const double value, Number(part, range));
    result.push_back(value);
  }
  return result;
}

absl::Status Parameters::ErrorAt(const Entry& entry, std::string_view message) const {
  return InvalidArgument("{}:{}: {}", file_name_, entry.line, message);
}

absl::Status Parameters::CheckAllUsed() const {
  for (const Entry& entry : entries_) {
    if (entry.used) continue;
    return ErrorAt(
        entry, fmt::format("nothing in this wave uses '{}' of [{}]; remove it, or mend its name",
                           entry.name, entry.section));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::sim
