// Columns of a CSV file under a codebook: which column an id has, and which code a value means.
// Threads  one at a time; keeps a pointer to the codebook.
// Cost     reading a header is linear in its columns, however many there are; a look-up does not
//          depend on them.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/status.h"
#include "base/time_zone.h"
#include "wire/files.h"

namespace panelpuls::wire {

class Columns {
 public:
  static constexpr int kAbsent = -1;

  // Reads the header row. InvalidArgument at its line: no header, two columns of one name, a column
  // that the codebook names and the file lacks, rules for the values of an id without a column, a
  // column that nearly has the name of an id without one. Of the codebook only what is of
  // `known_ids`, the ids of this kind of file, and the rest only if it is the wave's
  // (CheckCodebook).
  static absl::StatusOr<Columns> Read(CsvReader& reader, const wave::Wave& wave,
                                      const FileOptions& options,
                                      const std::vector<std::string>& known_ids);

  // Column of an id, or kAbsent.
  int Find(const std::string& id) const;
  // Column of a name in the file, or kAbsent.
  int FindNamed(std::string_view name) const;
  // InvalidArgument when the column is missing, with the header as it is.
  absl::StatusOr<int> Require(const std::string& id, const CsvReader& reader) const;
  // Of base_weight, where weights are per unit and nothing else knows them: no weight is not 1.
  absl::Status RequireBaseWeight(const CsvReader& reader) const;
  std::size_t size() const { return names_.size(); }

  // Of the known ids those that are said nowhere: neither a column, nor a constant, nor columns of
  // options.
  bool IsAbsent(const std::string& id) const;
  // Names of the columns that none of the ids has and no rule names, in the file's order.
  std::vector<std::string> Unused(const std::vector<std::string>& known_ids) const;

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, int> places_;  // of names_, without the empty one
  const Codebook* codebook_ = nullptr;
};

// Names of a file's columns for a message: the first ones, and how many more there are.
std::string ListColumns(const std::vector<std::string>& names);

// The codes that the codebook gives to an id's values; what it does not name stays as it is.
class Values {
 public:
  Values(const Codebook& codebook, const std::string& id);
  // Whether a rule names the value; ranges are not looked at.
  bool Names(std::string_view value) const { return codes_ != nullptr && codes_->contains(value); }
  // Empty: the value is one that stands for nothing. Ranges are not looked at.
  std::string_view CodeOf(std::string_view value) const;
  // The same with ranges. False: the id has ranges and the value is in none; *reason says so.
  bool FindCode(std::string_view value, const CsvFormat& csv, std::string_view* code,
                std::string* reason) const;

 private:
  const Codebook::Codes* codes_ = nullptr;
  const CodeRanges* ranges_ = nullptr;
};

// The content before the line that the codebook says must end it; all of it where it says nothing.
// InvalidArgument: there is no such line, so the file was cut short.
absl::StatusOr<std::string_view> WithoutLastLine(std::string_view content,
                                                 const FileOptions& options);

// Whether a row has nothing in it but, at most, an id: what stands below the rows of a table is no
// record.
bool SaysNothing(const std::vector<std::string_view>& fields, int id_column);

// Collected_at or at, as the codebook says that times are written; with an offset they are read in
// any case. The error says what is wrong.
absl::StatusOr<Micros> ParseFileTime(std::string_view text, const Codebook& codebook,
                                     const TimeZone& zone);

// Reason of a row that has not as many fields as the header; empty when it has.
std::string WrongFieldCount(std::size_t fields, std::size_t columns);

// Ids joined for a message: "a, b, c".
std::string JoinIds(const std::vector<std::string>& ids);

}  // namespace panelpuls::wire
