// A codebook: what a CSV file of others means in the ids and codes of a wave. Text, one rule a line
// (docs/OPERATIONS.md has them all with examples):
//
//   column ID = COLUMN              value ID CODE = VALUE           missing ID = VALUE
//   range ID CODE = LOW..HIGH       constant ID = CODE
//   option QUESTION OPTION = COLUMN chosen QUESTION = VALUE         not_chosen QUESTION = VALUE
//   none QUESTION = OPTION          separated QUESTION = SEPARATOR  ignore = COLUMN
//   set SETTING = VALUE
//
// '#' begins a comment line. An id with blanks, and a column or value with outer blanks, stand in
// double quotes. A rule that can have no effect is an error.
// Threads  immutable after parsing.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/csv.h"
#include "base/status.h"
#include "base/time_zone.h"
#include "wave/wave.h"

namespace panelpuls::wire {

// Numbers low <= x < high are of the code.
struct CodeRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::string code = {};
  std::uint64_t line = 0;  // of the rule
};

// Ranges of an id, by their low ends; disjoint.
using CodeRanges = std::map<double, CodeRange>;
// Null: the number is in none.
const CodeRange* FindRange(const CodeRanges& ranges, double number);

// A multiple-choice question that has a column for each option.
struct OptionColumns {
  std::vector<std::pair<std::string, std::string>> columns;  // option, column; in order of rules
  std::map<std::string, std::size_t> by_option = {};         // places in columns
  std::map<std::string, std::size_t> by_column = {};
  std::string chosen = "1";
  std::string not_chosen = "0";
  std::string none = {};  // option of who chose none of them; empty: that is no answer
};

struct Codebook {
  using Codes = std::map<std::string, std::string, std::less<>>;

  std::string file_name = {};                     // for messages
  std::map<std::string, std::string> columns;     // our id -> file's column
  std::map<std::string, Codes> values;            // our id -> file's value -> our code; "": missing
  std::map<std::string, CodeRanges> ranges;       // our id
  std::map<std::string, std::string> constants;   // our id -> code of every row
  std::map<std::string, OptionColumns> options;   // question
  std::map<std::string, std::string> separators;  // question -> what parts choices in one cell
  std::set<std::string, std::less<>> ignored;  // columns that are left aside, whatever their name
  CsvFormatTexts csv = {};
  bool numbers_rows = false;  // respondent_id is the file's name and the number of the row
  // Of collected_at and at, in the wave's zone; a time is of one of them, or RFC 3339.
  std::vector<std::string> time_formats = {};
  LocalTimes local_times = LocalTimes::kRefuse;
  std::string last_line = {};  // begin of the line that must end the file; empty: none
  std::map<std::string, std::uint64_t> lines = {};  // rule, such as "value age 30-39" -> its line

  // Code of every row; empty: none.
  std::string_view ConstantOf(const std::string& id) const;
  // InvalidArgument "FILE:LINE: message" of a rule, or "FILE: message" of one without a line.
  absl::Status ErrorAt(const std::string& rule, std::string_view message) const;
};

// Errors  "FILE:LINE: what is wrong; what to write instead".
absl::StatusOr<Codebook> ParseCodebook(std::string_view text, std::string_view file_name);

// Whether the ids and codes of its rules are the wave's. Errors as ParseCodebook.
absl::Status CheckCodebook(const Codebook& codebook, const wave::Wave& wave);

// Every id that a file of any kind may have: responses, case events, frames of the wave.
std::vector<std::string> AllFileIds(const wave::Wave& wave);

}  // namespace panelpuls::wire
