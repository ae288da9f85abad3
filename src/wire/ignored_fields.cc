#include "wire/ignored_fields.h"

#include <fmt/format.h>

#include <utility>

#include "base/printable.h"

namespace panelpuls::wire {

void IgnoredFields::Add(std::string_view in, std::string_view name) {
  ++count_;
  if (names_.size() == kMostNames) return;
  // What is longer than any name of the schema's is told by its begin.
  if (!known_.emplace(in, name.substr(0, kMostQuotedBytes)).second) return;
  const std::string glimpse = Glimpse(name);
  names_.push_back(in.empty() ? glimpse : fmt::format("{}.{}", in, glimpse));
}

std::vector<std::string> IgnoredFields::Take(std::uint64_t* count) {
  *count = std::exchange(count_, 0);
  return *count == 0 ? std::vector<std::string>() : names_;
}

}  // namespace panelpuls::wire
