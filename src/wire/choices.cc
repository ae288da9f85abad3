#include "wire/choices.h"

#include <algorithm>

#include "base/characters.h"
namespace panelpuls::wire {
namespace {

// Separators in one value of a codebook that are looked at, so that a long cell costs no more than
// its length.
constexpr int kMostInValue = 8;

// End of the longest value of the codebook at the begin of `cell`; else of its first part.
std::size_t EndOfChoice(std::string_view cell, std::string_view separator, const Values& values) {
  const std::size_t first = std::min(cell.find(separator), cell.size());
  std::size_t best = first;
  std::size_t end = first;
  for (int i = 0; i < kMostInValue && end < cell.size(); ++i) {
    end = std::min(cell.find(separator, end + separator.size()), cell.size());
    if (values.Names(StripWhitespace(cell.substr(0, end)))) best = end;
  }
  return best;
}

}  // namespace

bool TakeChoice(std::string_view& cell, std::string_view separator, const Values& values,
                std::string_view* choice) {
  while (!cell.empty()) {
    const std::size_t end = EndOfChoice(cell, separator, values);
    *choice = StripWhitespace(cell.substr(0, end));
    cell.remove_prefix(std::min(cell.size(), end + separator.size()));
    if (!choice->empty()) return true;
  }
  return false;
}

}  // namespace panelpuls::wire
