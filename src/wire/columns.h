// Columns of a CSV file under a codebook: which column an id has, and which code a value means.
// Threads  one at a time; keeps a pointer to the codebook.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/status.h"
#include "wire/files.h"

namespace panelpuls::wire {

class Columns {
 public:
  static constexpr int kAbsent = -1;

  // Reads the header row. InvalidArgument at its line: no header, two columns of one name, a column
  // that the codebook names and the file lacks, a codebook for an id that is not among `known_ids`.
  static absl::StatusOr<Columns> Read(CsvReader& reader, const FileOptions& options,
                                      const std::vector<std::string>& known_ids);

  // Column of an id, or kAbsent.
  int Find(const std::string& id) const;
  // InvalidArgument when the column is missing, with the header as it is.
  absl::StatusOr<int> Require(const std::string& id, const CsvReader& reader) const;
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  const Codebook* codebook_ = nullptr;
};

// The codes that the codebook gives to an id's values; what it does not name stays as it is.
class Values {
 public:
  Values(const Codebook& codebook, const std::string& id);
  std::string_view CodeOf(std::string_view value) const;

 private:
  const std::map<std::string, std::string, std::less<>>* codes_ = nullptr;
};

// Reason of a row that has not as many fields as the header; empty when it has.
std::string WrongFieldCount(std::size_t fields, std::size_t columns);

// Ids joined for a message: "a, b, c".
std::string JoinIds(const std::vector<std::string>& ids);

}  // namespace panelpuls::wire
