#include "report/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "estimate/figures/reportable.h"

namespace panelpuls::report {
namespace {

std::string_view In(Language language, const Words& words) {
  return language == Language::kDanish ? words.da : words.en;
}

// Null where the catalogue has no words of that key.
const Words* Find(std::span<const Words> section, std::string_view key) {
  const auto found = std::find_if(section.begin(), section.end(),
                                  [&](const Words& words) { return words.key == key; });
  return found == section.end() ? nullptr : &*found;
}

std::string CategoryLabel(Language language, const wave::Dimension& dimension, std::size_t number) {
  const wave::Category& category = dimension.categories[number];
  return fmt::format("{}: {}", Label(language, dimension.label, dimension.id),
                     Label(language, category.label, category.code));
}

}  // namespace

std::string PlaceOf(Language language, const wave::Wave& wave, const estimate::Flag& flag) {
  if (flag.dimension == wave::kNone || flag.category == wave::kNone) return "";
  auto place = static_cast<std::size_t>(flag.category);
  if (flag.dimension >= 0) {
    return CategoryLabel(language, wave.dimensions[static_cast<std::size_t>(flag.dimension)],
                         place);
  }
  std::string text;
  const std::vector<int>& numbers = wave.weighting.dimensions;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const wave::Dimension& dimension = wave.dimensions[static_cast<std::size_t>(*number)];
    const std::size_t size = dimension.categories.size();
    text = CategoryLabel(language, dimension, place % size) + (text.empty() ? "" : ", " + text);
    place /= size;
  }
  return text;
}

Language LanguageOf(std::string_view code) {
  return code == "da" || code.starts_with("da-") ? Language::kDanish : Language::kEnglish;
}

std::string_view Say(Language language, Message message) {
  return In(language, kMessages[static_cast<std::size_t>(message)]);
}

std::string_view Label(Language language, const wave::Text& text, std::string_view code) {
  const std::string& first = language == Language::kDanish ? text.da : text.en;
  const std::string& second = language == Language::kDanish ? text.en : text.da;
  if (!first.empty()) return first;
  return second.empty() ? code : std::string_view(second);
}

std::string ExplainFlag(Language language, const wave::Wave& wave, const estimate::Flag& flag) {
  const std::string place = PlaceOf(language, wave, flag);
  if (flag.kind == estimate::FlagKind::kCollapsed && place.empty()) {
    return fmt::format(fmt::runtime(Say(language, Message::kReasonCollapsedShare)),
                       100 * estimate::kMostCollapsed);
  }
  const std::string name = estimate::FlagText(wave, {.kind = flag.kind});
  const Words* words = Find(place.empty() ? std::span(kFlagsBare) : std::span(kFlagsAt), name);
  if (words == nullptr) words = Find(kFlags, name);
  if (words == nullptr) return name;
  return fmt::format(fmt::runtime(In(language, *words)), place);
}

}  // namespace panelpuls::report
