// A wave, compiled: the definition with every code turned into a dense number, and the layout of
// everything whose size it fixes. No protobuf here; definition.h makes one from a definition file.
// Threads  immutable after loading; shared by std::shared_ptr<const Wave>.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/csv.h"
#include "base/time_zone.h"

namespace panelpuls::wave {

// A text by language; empty where the definition has none (then show the code).
struct Text {
  std::string da;
  std::string en;
};

// The enumerations stand before kNone: g++ 12 takes their enumerators for shadows of it.

// What a class of a table is made of.
enum class VariableKind { kNone, kIndicator, kDirection, kChannel, kQuestion };

enum class WeightingMethod { kRake, kPoststratify, kLinear, kLogit, kNone };

// How the part of a figure that the margins explain is found (METHOD M4).
enum class VarianceMethod { kCalibrate, kRake };

enum class BaseWeights { kNone, kPerCell, kPerUnit };

// Dispositions of case events, in the numbers the journal keeps.
enum class Disposition : std::uint8_t {
  kNone = 0,
  kInvited = 1,
  kDelivered = 2,
  kUndeliverable = 3,
  kNonContact = 4,
  kRefusal = 5,
  kIneligible = 6,
  kOther = 7,
  kPartial = 8,
  kComplete = 9,
};

// No number: unknown, or none of them.
inline constexpr int kNone = -1;

struct Channel {
  std::string code;
  Text label;
  std::optional<std::uint64_t> target;
};

struct Category {
  std::string code;
  Text label;
  double population = 0;  // enterprises; 0: out of scope
  bool has_population = false;
  int collapse_into = kNone;  // another category of the same dimension; two may name each other
  std::optional<std::uint64_t> target;
  double base_weight =
      1;  // of its units, where the dimension is the stratum and weights are per cell
};

struct Dimension {
  std::string id;
  Text label;
  bool ordered = false;
  std::vector<Category> categories;
  std::uint64_t cell_stride = 1;  // cell = sum over dimensions of category * cell_stride
};

struct Option {
  std::string code;
  Text label;
  bool missing = false;
  bool exclusive = false;
  bool ranked = false;  // multiple choice: has a rank among the options
};

// A union of options, by number.
struct OptionSet {
  std::string id;
  Text label;
  std::vector<int> options;
};

struct Question {
  std::string id;
  Text text;
  Text label;
  bool multiple = false;
  bool ordered = false;
  std::uint32_t max_choices = 1;
  bool required = false;
  std::vector<Option> options;
  std::vector<OptionSet> sets;
  std::string battery;
  // Single choice: class of an option for figures, [option] -> 0 .. classes-2; missing options and
  // no answer have the last class. Multiple choice: number of the option among the valid ones, or
  // kNone.
  std::vector<int> option_class;
  std::vector<int> class_option;  // [class] -> option, without the missing class
  std::uint32_t classes = 1;      // single: valid options + 1; multiple: valid options
};

struct IndicatorGroup {
  std::string id;
  Text label;
  Text description;
  double score = 0;
};

enum Direction : int { kIncrease = 0, kUnchanged = 1, kDecline = 2, kNoDirection = 3 };
inline constexpr std::uint32_t kDirectionClasses = 4;

// A field of fixed width (1, 2 or 8 bytes, little-endian) inside a record's content.
struct Field {
  std::uint32_t offset = 0;  // from the begin of the record
  std::uint32_t width = 1;
};

// A field as a digit of a number in mixed radix.
struct Digit {
  Field field;
  std::uint64_t stride = 1;
};

struct Indicator {
  Text label;
  std::vector<int> questions;
  std::vector<Digit> digits;  // of the place in group_of
  std::vector<IndicatorGroup> groups;
  // [mixed radix over questions, first slowest, digit = option number + 1, 0 = no answer] -> group,
  // or groups.size() for no valid case.
  std::vector<std::uint16_t> group_of;
  std::vector<int> direction_of;  // [group] and one more for none -> Direction
};

struct Variable {
  VariableKind kind = VariableKind::kNone;
  int question = kNone;       // kQuestion
  std::uint32_t classes = 1;  // the last one is 'missing', but for kNone and kChannel
};

// One dense table of the cube: an entry for each row and column inside a cell's block. Rows of a
// column stand side by side. Tables with the same column variable stand interleaved, all that have
// its first class before all that have its second, since a respondent counts in one class of it:
// what one respondent counts in lies close together. A table without a column variable is alone.
// Single: rows = classes of `row`, each respondent counts in one entry.
// Multiple: rows = valid options and behind them one row 'answered'; a respondent counts in one
// entry for each chosen option and in 'answered'. Who did not answer counts in none.
// Pairs: rows = pairs of valid options a < b of a multiple choice, PairRow; a respondent counts in
// one entry for every two options chosen.
struct Table {
  Variable row;
  Variable column;
  bool multiple = false;
  bool pairs = false;
  std::uint32_t offset = 0;  // of the entry of row 0 and column 0 in the block
  std::uint32_t rows = 1;
  std::uint32_t columns = 1;
  std::uint32_t column_stride = 0;  // entries from a column to the next

  std::uint32_t EntryOf(std::uint32_t row_number, std::uint32_t column_number) const {
    return offset + row_number + column_number * column_stride;
  }
};

// Row of the options a < b of `options` in a table of pairs.
constexpr std::uint32_t PairRow(std::uint32_t a, std::uint32_t b, std::uint32_t options) {
  return a * (2 * options - a - 1) / 2 + (b - a - 1);
}

// A domain a tabulation asks for.
struct Domain {
  enum Kind { kAll, kDimension, kVariable, kCrossed } kind = kAll;
  int dimension = kNone;  // kDimension
  Variable variable;      // kVariable: question, channel or direction
  // kCrossed: in the order in which they are written; at most one of them is a variable.
  std::vector<Domain> parts;
  // As figures print it: the dimension's or question's id, channel, direction; crossed: joined by
  // &.
  std::string name;
};

// What a tabulation asks for beyond the indicator's mean or the question's shares.
struct Extras {
  bool group_shares = false;    // of the indicator, in the domain
  bool totals = false;          // beside each share
  bool ratio = false;           // of the indicator: increases to declines
  bool against_others = false;  // each category against its others
};

// Shares of a question, or the indicator and its group shares, by one domain.
struct Tabulation {
  int question = kNone;  // kNone: the indicator
  Domain domain;
  int table = 0;  // in Wave::tables
  Extras extras;
};

// After calibration, weights outside the bounds are set to them.
struct Trimming {
  bool is_of_weights = false;  // bounds of w, in enterprises per respondent; else of g
  bool is_strict = false;      // until no weight is outside, else once
  std::optional<double> lower;
  std::optional<double> upper;
};

struct Weighting {
  WeightingMethod method = WeightingMethod::kRake;
  std::vector<int> dimensions;  // in raking order
  std::uint32_t collapse_below = 1;
  std::optional<double> lower_bound;  // of calibration, of g
  std::optional<double> upper_bound;
  std::optional<Trimming> trimming;
  double ridge = 0;  // relative penalty of the ridge fallback; 0: no fallback
  VarianceMethod variance = VarianceMethod::kCalibrate;
  std::vector<double>
      joint_population;  // mixed radix over `dimensions`, first slowest; may be empty
};

struct Reporting {
  double confidence_level = 0.95;
  std::uint32_t minimum_n = 1;
  std::uint32_t flag_below_n = 30;
  double minimum_n_effective = 30;
  std::uint32_t sequence_planned_n = 0;  // 0: no confidence sequence
  std::uint32_t minimum_known_eligibility = 30;
  bool response_fpc = false;  // METHOD M10
};

struct PlannedArrival {
  LocalDate date = 0;
  double share = 0;
  int channel = kNone;
};

struct ComparisonFigure {
  std::string statistic, of, domain;
  double value = 0;
  std::optional<double> se;
  std::optional<std::uint64_t> n;
};

struct Comparison {
  std::string id;
  Text label;
  std::vector<ComparisonFigure> figures;
};

inline constexpr int kDispositionCount = 10;
std::string_view DispositionCode(Disposition disposition);
// kNone: unknown. Case does not matter.
Disposition ParseDisposition(std::string_view code);

// Layout of a resolved response (record.h): header, then the content that F3 compares by memcmp.
struct RecordLayout {
  std::uint32_t content_offset = 0;
  std::uint32_t content_size = 0;
  std::uint32_t size = 0;  // whole record, a multiple of 8
  Field status;
  std::optional<Field> base_weight;  // width 8: d * 2^40; only when weights are per unit
  std::vector<Field> categories;     // [dimension]: category + 1, 0 = not sent
  std::vector<Digit> cell_digits;    // the same fields, as digits of cell + first_cell
  std::uint64_t first_cell = 0;      // sum of the strides
  std::vector<Field> answers;        // single: option + 1, 0 = none; multiple: bit set of options
};

struct Wave {
  std::string id;
  Text title;
  LocalDate fieldwork_start = 0;
  LocalDate fieldwork_end = 0;
  Micros fieldwork_start_time = 0;  // first instant of the first day
  std::string time_zone_name;
  TimeZone time_zone;
  std::vector<std::string> languages;
  std::vector<Channel> channels;
  bool channel_priority = false;
  Micros clock_tolerance = 0;
  std::uint64_t max_respondents = 0;  // without a frame; with one: its units when not given
  std::vector<Dimension> dimensions;
  std::vector<Question> questions;
  std::optional<Indicator> indicator;
  std::vector<Tabulation> tabulations;
  Weighting weighting;
  BaseWeights base_weights = BaseWeights::kNone;
  int stratum_dimension = kNone;
  int base_weight_log2 = 0;
  bool has_frame = false;
  CsvFormat frame_format;               // as the definition declares it
  std::string frame_file;               // resolved against the definition's folder
  std::vector<Disposition> precedence;  // best first
  std::array<std::uint8_t, kDispositionCount> disposition_rank{};  // higher is better
  std::uint64_t planned_respondents = 0;
  std::vector<PlannedArrival> planned_arrivals;
  Reporting reporting;
  std::vector<Comparison> comparisons;
  std::string provenance;

  // Sizes that the definition fixes.
  std::uint64_t cells = 1;
  std::vector<Table> tables;        // table 0 is the indicator (or, without one, n alone)
  std::uint32_t block_entries = 0;  // entries of all tables in one cell's block
  // Cells are so many that the cube holds those alone that somebody is counted in.
  bool is_sparse = false;
  RecordLayout layout;

  // First 8 bytes of the SHA-256 of the canonical definition, totals inlined.
  std::uint64_t definition_id = 0;
  // The definition file as it was read; empty when the wave was made of a message.
  std::string source_text;
  // The canonical definition itself, as journaled (serialized panelpuls.v1.WaveDefinition).
  std::string canonical;

  // Code look-ups; kNone when unknown.
  int FindChannel(std::string_view code) const;
  int FindDimension(std::string_view id) const;
  int FindQuestion(std::string_view id) const;
  static int FindCategory(const Dimension& dimension, std::string_view code);
  static int FindOption(const Question& question, std::string_view code);

  // Table of (row, column) variables, or kNone. Not one of pairs.
  int FindTable(const Variable& row, const Variable& column) const;
  // Table of pairs of a multiple-choice question, or kNone.
  int FindPairTable(int question) const;
};

}  // namespace panelpuls::wave
