#include <array>

#include "estimate/figures/estimates.h"

namespace panelpuls::estimate {
namespace {

constexpr std::array<std::string_view, 17> kNames = {"not_computed",
                                                     "empty_category",
                                                     "not_converged",
                                                     "infeasible",
                                                     "outside_population",
                                                     "not_estimable",
                                                     "known_from_register",
                                                     "not_reportable",
                                                     "leverage",
                                                     "low_n",
                                                     "collapsed",
                                                     "assumes_independent_samples",
                                                     "low_n_effective",
                                                     "no_common_unit",
                                                     "negative_weights",
                                                     "zero_weights",
                                                     "more_than_population"};

// "size=10-49", or "size=10-49&area=fyn" for a place in the joint table.
std::string PlaceText(const wave::Wave& wave, const Flag& flag) {
  if (flag.dimension >= 0) {
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(flag.dimension)];
    return dimension.id + "=" + dimension.categories[static_cast<std::size_t>(flag.category)].code;
  }
  std::string text;
  auto place = static_cast<std::size_t>(flag.category);
  const std::vector<int>& numbers = wave.weighting.dimensions;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(*number)];
    const std::string& code = dimension.categories[place % dimension.categories.size()].code;
    place /= dimension.categories.size();
    text = dimension.id + "=" + code + (text.empty() ? "" : "&" + text);
  }
  return text;
}

}  // namespace

std::string FlagText(const wave::Wave& wave, const Flag& flag) {
  std::string text(kNames[static_cast<std::size_t>(flag.kind)]);
  if (flag.dimension != wave::kNone && flag.category != wave::kNone) {
    text += ":" + PlaceText(wave, flag);
  }
  return text;
}

}  // namespace panelpuls::estimate
