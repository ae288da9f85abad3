// A simulator's parameter file: sections of `name = value` lines, every value marked as published
// or assumed, with its source.
//
//   # comment
//   [truth.area] | published: appendix, indicator by area
//   nordjylland = -0.9
//   fyn = 3.3          | assumed: rounded again
//
// A value takes its own mark, else its section's; one without a mark is refused, and so is one that
// nothing asks for. Threads: one.
// Errors   InvalidArgument "FILE:LINE: what is wrong; what to write instead".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls::sim {

struct NumberRange {
  double low = 0;
  double high = 0;
};

class Parameters {
 public:
  struct Entry {
    std::string section;
    std::string name;
    std::string value;
    std::string mark;  // "published: ..." or "assumed: ..."
    std::uint64_t line = 0;
    mutable bool used = false;
  };

  static absl::StatusOr<Parameters> Parse(std::string_view text, std::string file_name);

  // Null: absent. Counts as asked for.
  const Entry* Find(std::string_view section, std::string_view name) const;
  // All of a section in the file's order. They count as asked for.
  std::vector<const Entry*> Section(std::string_view section) const;
  // Sections that begin with `prefix`, in the file's order, each once.
  std::vector<std::string> SectionsUnder(std::string_view prefix) const;

  // An absent value is an error naming section and name.
  absl::StatusOr<double> Number(std::string_view section, std::string_view name,
                                const NumberRange& range) const;
  absl::StatusOr<double> Number(const Entry& entry, const NumberRange& range) const;
  // Numbers separated by blanks.
  absl::StatusOr<std::vector<double>> Numbers(std::string_view section, std::string_view name,
                                              const NumberRange& range) const;

  absl::Status ErrorAt(const Entry& entry, std::string_view message) const;
  // InvalidArgument naming the first value that nothing asked for.
  absl::Status CheckAllUsed() const;
  const std::string& file_name() const { return file_name_; }

 private:
  std::string file_name_;
  std::vector<Entry> entries_;
};

// What a wave without a parameter file of its own is simulated by; same format.
extern const std::string_view kGenericParameters;

}  // namespace panelpuls::sim
