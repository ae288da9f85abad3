#include "wire/codebook.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/characters.h"
#include "base/printable.h"

namespace panelpuls::wire {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kForms =
    "write \"column ID = COLUMN\" or \"value ID CODE = VALUE\", or another rule of "
    "docs/OPERATIONS.md";

// Takes the first word, or what stands in quotes, off `rest`.
std::string_view TakeWord(std::string_view& rest) {
  rest = StripWhitespace(rest);
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const std::size_t end = quoted ? rest.find('"') : rest.find_first_of(kBlanks);
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + (quoted ? 1 : 0));
  return word;
}

std::string_view Unquote(std::string_view text) {
  text = StripWhitespace(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// A rule taken apart. Views into the line.
struct Rule {
  std::string_view keyword;
  std::string id;
  std::string code;   // empty: none
  std::string right;  // behind '='
  std::uint64_t line = 0;
  std::string Name() const {
    if (id.empty()) return fmt::format("{} {}", keyword, right);
    return fmt::format("{} {}{}{}", keyword, id, code.empty() ? "" : " ", code);
  }
};

// An end of a range; empty is `open`.
bool ParseEnd(std::string_view text, double open, double* value) {
  text = StripWhitespace(text);
  *value = open;
  if (text.empty()) return true;
  const auto number = ParseNumber(text, CsvFormat{});
  if (!number.ok()) return false;
  *value = *number;
  return true;
}

// Each takes a rule into the codebook; the text is an error message, empty when all is well.
std::string AddRange(const Rule& rule, Codebook& codebook) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CodeRange range;
  const std::size_t dots = rule.right.find("..");
  if (dots == std::string::npos ||
      !ParseEnd(std::string_view(rule.right).substr(0, dots), -kInfinity, &range.low) ||
      !ParseEnd(std::string_view(rule.right).substr(dots + 2), kInfinity, &range.high)) {
    return fmt::format(
        "\"{}\" is no range; write \"10..50\" for 10 up to but without 50, \"..10\" or \"250..\", "
        "with decimal points",
        rule.right);
  }
  if (!(range.low < range.high)) {
    return fmt::format("the range {} is empty; write the lower number first",
                       Printable(rule.right));
  }
  range.code = rule.code;
  range.line = rule.line;
  CodeRanges& ranges = codebook.ranges[rule.id];
  // Of disjoint ranges only the two beside it can overlap it.
  const auto after = ranges.lower_bound(range.low);
  const CodeRange* other = nullptr;
  if (after != ranges.end() && after->second.low < range.high) other = &after->second;
  if (after != ranges.begin() && std::prev(after)->second.high > range.low) {
    other = &std::prev(after)->second;
  }
  if (other != nullptr) {
    return fmt::format(
        "the range {} of {} overlaps the one in line {}; a range ends before its "
        "upper number",
        rule.right, rule.id, other->line);
  }
  ranges.emplace_hint(after, range.low, std::move(range));
  return {};
}

// A setting that is one of two words, the first of which is `true`.
std::string AddChoice(const Rule& rule, std::string_view yes, std::string_view no, bool* value) {
  *value = rule.right == yes;
  if (*value || rule.right == no) return {};
  return fmt::format("{} is {} or {}", rule.id, yes, no);
}

std::string AddLocalTime(const Rule& rule, Codebook& codebook) {
  if (rule.right == "refuse") {
    codebook.local_times = LocalTimes::kRefuse;
  } else if (rule.right == "first") {
    codebook.local_times = LocalTimes::kFirst;
  } else if (rule.right == "last") {
    codebook.local_times = LocalTimes::kLast;
  } else {
    return "local_time is first, last or refuse: how a local time is read that comes twice or "
           "never";
  }
  return {};
}

std::string AddSetting(const Rule& rule, Codebook& codebook) {
  if (rule.id == "separator") {
    codebook.csv.separator = rule.right;
  } else if (rule.id == "decimal_comma") {
    return AddChoice(rule, "yes", "no", &codebook.csv.decimal_comma);
  } else if (rule.id == "quoting") {
    return AddChoice(rule, "double", "none", &codebook.csv.quotes);
  } else if (rule.id == "text_formulas") {
    return AddChoice(rule, "yes", "no", &codebook.csv.text_formulas);
  } else if (rule.id == "local_time") {
    return AddLocalTime(rule, codebook);
  } else if (rule.id == "thousands") {
    codebook.csv.thousands = rule.right;
  } else if (rule.id == "encoding") {
    codebook.csv.encoding = rule.right;
  } else if (rule.id == "respondent_id") {
    if (rule.right != "row_number") return "respondent_id can only be set to row_number";
    codebook.numbers_rows = true;
  } else if (rule.id == "time_format") {
    if (rule.right.find('%') == std::string::npos) {
      return "time_format is a form such as %d-%m-%Y %H:%M, and this one has no % in it";
    }
    codebook.time_formats.push_back(rule.right);
  } else if (rule.id == "last_line") {
    codebook.last_line = rule.right;
  } else {
    return fmt::format(
        "there is no setting \"{}\"; known: separator, decimal_comma, thousands, encoding, "
        "quoting, "
        "text_formulas, respondent_id, time_format, local_time, last_line",
        rule.id);
  }
  return {};
}

std::string AddValue(const Rule& rule, Codebook& codebook) {
  if (codebook.values[rule.id].emplace(rule.right, rule.code).second) return {};
  return fmt::format("value \"{}\" of {} has two codes; keep one", Printable(rule.right),
                     Printable(rule.id));
}

std::string AddOption(const Rule& rule, Codebook& codebook) {
  OptionColumns& options = codebook.options[rule.id];
  const auto [option, new_option] = options.by_option.emplace(rule.code, options.columns.size());
  const auto [column, new_column] = options.by_column.emplace(rule.right, options.columns.size());
  if (!new_option || !new_column) {
    const auto& earlier = options.columns[new_option ? column->second : option->second];
    return fmt::format("option {} of {} already has column \"{}\"; keep one",
                       Printable(earlier.first), Printable(rule.id), Printable(earlier.second));
  }
  options.columns.emplace_back(rule.code, rule.right);
  return {};
}

// Rules of one kind have a code beside the id, of the other not.
bool HasCode(std::string_view keyword) {
  return keyword == "value" || keyword == "range" || keyword == "option";
}
bool HasNoCode(std::string_view keyword) {
  return keyword == "column" || keyword == "missing" || keyword == "constant" ||
         keyword == "chosen" || keyword == "not_chosen" || keyword == "none" ||
         keyword == "separated" || keyword == "set";
}

// What is hard to write as itself has a word.
std::string SeparatorOf(const std::string& text) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"comma", ","}, {"semicolon", ";"}, {"line_feed", "\n"}, {"tab", "\t"}, {"bar", "|"}};
  for (const auto& [word, separator] : kWords) {
    if (text == word) return std::string(separator);
  }
  return text;
}

std::string Apply(const Rule& rule, Codebook& codebook) {
  if (rule.keyword == "ignore" && rule.id.empty()) {
    codebook.ignored.insert(rule.right);
    return {};
  }
  const bool wanted = rule.code.empty() ? HasNoCode(rule.keyword) : HasCode(rule.keyword);
  if (!wanted || rule.id.empty()) return fmt::format("not a rule; {}", kForms);
  if (rule.keyword == "value" || rule.keyword == "missing") return AddValue(rule, codebook);
  if (rule.keyword == "range") return AddRange(rule, codebook);
  if (rule.keyword == "option") return AddOption(rule, codebook);
  const bool may_stand_again = rule.keyword == "set" && rule.id == "time_format";
  if (codebook.lines.contains(rule.Name()) && !may_stand_again) {
    return fmt::format("a second {} for {}; keep one", rule.keyword, Printable(rule.id));
  }
  if (rule.keyword == "column") codebook.columns[rule.id] = rule.right;
  if (rule.keyword == "constant") codebook.constants[rule.id] = rule.right;
  if (rule.keyword == "chosen") codebook.options[rule.id].chosen = rule.right;
  if (rule.keyword == "not_chosen") codebook.options[rule.id].not_chosen = rule.right;
  if (rule.keyword == "none") codebook.options[rule.id].none = rule.right;
  if (rule.keyword == "separated") codebook.separators[rule.id] = SeparatorOf(rule.right);
  if (rule.keyword == "set") return AddSetting(rule, codebook);
  return {};
}

// Adds one line; the text is an error message, empty when all is well.
std::string AddLine(std::string_view line, std::uint64_t number, Codebook& codebook) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return fmt::format("no '='; {}", kForms);
  std::string_view left = line.substr(0, equals);
  Rule rule;
  rule.line = number;
  rule.right = Unquote(line.substr(equals + 1));
  rule.keyword = TakeWord(left);
  rule.id = TakeWord(left);
  rule.code = Unquote(left);
  if (rule.right.empty()) {
    return "nothing behind '='; an empty field always is item non-response, name a column or value";
  }
  std::string error = Apply(rule, codebook);
  if (error.empty()) codebook.lines.emplace(rule.Name(), number);
  return error;
}

// Rules that another one takes the effect from. The text is an error message of *rule, or empty.
std::string FindIdleRule(const Codebook& codebook, std::string* rule) {
  *rule = "set local_time";
  if (codebook.lines.contains(*rule) && codebook.time_formats.empty()) {
    return "local_time has no effect without \"set time_format = ...\": other times have an offset";
  }
  *rule = "column respondent_id";
  if (codebook.lines.contains(*rule) && codebook.numbers_rows) {
    return "the column has no effect, since \"set respondent_id = row_number\" gives the ids; keep "
           "one of them";
  }
  for (const auto& [id, column] : codebook.columns) {
    if (!codebook.ignored.contains(column)) continue;
    *rule = "ignore " + column;
    return fmt::format("column \"{}\" is ignored, and it is that of {}; keep one of the rules",
                       Printable(column), Printable(id));
  }
  for (const auto& [question, options] : codebook.options) {
    for (const auto& [option, column] : options.columns) {
      if (!codebook.ignored.contains(column)) continue;
      *rule = "ignore " + column;
      return fmt::format("column \"{}\" is ignored, and it is that of {} {}; keep one of the rules",
                         Printable(column), Printable(question), Printable(option));
    }
  }
  return {};
}

}  // namespace

std::string_view Codebook::ConstantOf(const std::string& id) const {
  const auto found = constants.find(id);
  return found == constants.end() ? std::string_view() : found->second;
}

const CodeRange* FindRange(const CodeRanges& ranges, double number) {
  const auto above = ranges.upper_bound(number);
  if (above == ranges.begin()) return nullptr;
  const CodeRange& range = std::prev(above)->second;
  return number < range.high ? &range : nullptr;
}

absl::Status Codebook::ErrorAt(const std::string& rule, std::string_view message) const {
  const auto line = lines.find(rule);
  const std::string shown = Printable(message, kMostLineBytes);
  if (line == lines.end()) return InvalidArgument("{}: {}", file_name, shown);
  return InvalidArgument("{}:{}: {}", file_name, line->second, shown);
}

absl::StatusOr<Codebook> ParseCodebook(std::string_view text, std::string_view file_name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Codebook codebook;
  codebook.file_name = file_name;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::uint64_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = StripWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    if (!IsValidUtf8(line)) {
      return InvalidArgument("{}:{}: not UTF-8; save the codebook as UTF-8", file_name, number);
    }
    const std::string error = AddLine(line, number, codebook);
    if (!error.empty())
      return InvalidArgument("{}:{}: {}", file_name, number, Printable(error, kMostLineBytes));
  }
  for (const auto& [question, options] : codebook.options) {
    if (options.columns.empty()) {
      return InvalidArgument("{}: {} has no \"option {} OPTION = COLUMN\"; add one for each column",
                             file_name, Printable(question), Printable(question));
    }
    if (options.chosen == options.not_chosen) {
      return InvalidArgument("{}: \"{}\" of {} means both chosen and not chosen; keep one",
                             file_name, Printable(options.chosen), Printable(question));
    }
  }
  std::string rule;
  if (const std::string error = FindIdleRule(codebook, &rule); !error.empty()) {
    return codebook.ErrorAt(rule, error);
  }
  return codebook;
}

}  // namespace panelpuls::wire
