// The words of the text report, in Danish and English: words.json, which the page shares.
// Everything a definition names comes from the definition. Threads  any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "estimate/figures/estimates.h"
#include "report/words.h"
#include "wave/wave.h"

namespace panelpuls::report {

enum class Language : std::uint8_t { kDanish, kEnglish };
// "da" in any region is Danish; all else is English.
Language LanguageOf(std::string_view code);

std::string_view Say(Language language, Message message);

// The definition's text in the language, else in the other one, else the code.
std::string_view Label(Language language, const wave::Text& text, std::string_view code);

// Why a figure is absent or to be read with care, in words.
std::string ExplainFlag(Language language, const wave::Wave& wave, const estimate::Flag& flag);

// "dimension: category" of a flag, or all categories of a place in the joint table; else empty.
std::string PlaceOf(Language language, const wave::Wave& wave, const estimate::Flag& flag);

}  // namespace panelpuls::report
