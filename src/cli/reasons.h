// Why records of a file were refused: the first ones of each reason are said as they come, and at
// the end how many of each there were, so that one value without a rule does not fill the screen.
// Threads  main only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace panelpuls::cli {

// What is wrong as a person reads it: `column "Q7": reason`, else `field: reason`. Printable, cut.
struct Fault {
  std::string_view column;
  std::string_view field;
  std::string_view reason;
};
std::string FaultText(const Fault& fault);

class Reasons {
 public:
  explicit Reasons(std::string file) : file_(std::move(file)) {}

  // `text` begins what is said with, such as "not sent: ". `here` stands for it where this line
  // alone is named; empty: the text itself.
  void Add(std::uint64_t line, std::string_view text, std::string_view here = {});
  // Says every reason with its count and first line, the most frequent first.
  void SayAll() const;
  std::uint64_t count() const { return count_; }

 private:
  struct Tally {
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;
  };
  const std::string file_;
  std::map<std::string, Tally, std::less<>> tallies_;
  std::uint64_t count_ = 0;
  std::uint64_t said_ = 0;
};

}  // namespace panelpuls::cli
