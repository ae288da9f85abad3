// Fields of records that the schema does not have, by name in JSON, by number in protobuf: skipped,
// counted and listed as questions are that the definition does not list. "state" for "status" would
// be nobody's mistake else. Threads  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panelpuls::wire {

class IgnoredFields {
 public:
  static constexpr std::size_t kMostNames = 100;

  // `in` is the field that holds it, such as "answers"; empty: the record itself.
  void Add(std::string_view in, std::string_view name);

  // Since the last call of Take.
  std::uint64_t count() const { return count_; }
  // What was added since the last call, and Glimpses of the names met so far, the first hundred.
  std::vector<std::string> Take(std::uint64_t* count);

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> names_;
  std::set<std::pair<std::string, std::string>> known_;
};

}  // namespace panelpuls::wire
