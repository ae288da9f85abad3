#include "base/look_alike.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/characters.h"
#include "base/printable.h"

namespace panelpuls {
namespace {

using Characters = std::vector<Character>;

// Longer ones are no codes, and looking at them would cost more than their message is worth.
constexpr std::size_t kMostBytes = 1'000;
constexpr Character kLastLatin = 0x24F;

Characters CharactersOf(std::string_view text) {
  Characters characters;
  while (!text.empty()) characters.push_back(TakeCharacter(text));
  return characters;
}

// Letters with an accent in one character, and the letters without it, in the same order.
struct Accented {
  Character mark;
  std::string_view letters;
  std::string_view accented;
};
constexpr std::array kAccented = {
    Accented{0x300, "AEIOUaeiou", "ÀÈÌÒÙàèìòù"},
    Accented{0x301, "AEIOUYaeiouyCcLlNnRrSsZz", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź"},
    Accented{0x302, "AEIOUaeiouCcGgHhJjSsWwYy", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ"},
    Accented{0x303, "ANOanoIiUu", "ÃÑÕãñõĨĩŨũ"},
    Accented{0x304, "AaEeIiOoUu", "ĀāĒēĪīŌōŪū"},
    Accented{0x306, "AaEeGgIiOoUu", "ĂăĔĕĞğĬĭŎŏŬŭ"},
    Accented{0x307, "CcEeGgIZz", "ĊċĖėĠġİŻż"},
    Accented{0x308, "AEIOUaeiouyY", "ÄËÏÖÜäëïöüÿŸ"},
    Accented{0x30A, "AaUu", "ÅåŮů"},
    Accented{0x30B, "OoUu", "ŐőŰű"},
    Accented{0x30C, "CcDdEeLlNnRrSsTtZzAa", "ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎ"},
    Accented{0x327, "CcGgKkLlNnRrSsTt", "ÇçĢģĶķĻļŅņŖŗŞşŢţ"},
    Accented{0x328, "AaEeIiUu", "ĄąĘęĮįŲų"},
};

// Letters of other scripts, in lower case, and the Latin ones of the same form in one of the cases.
constexpr std::string_view kOfOtherScripts = "авекмнорстухіјѕԁһԛԝαβεζηικμνορτυχµ";
constexpr std::string_view kSameForm = "abekmhopctyxijsdhqwabezhikmnoptyxm";

// Appends a letter with an accent as two characters. False: it is none.
bool AppendApart(Character character, Characters& out) {
  for (const Accented& accented : kAccented) {
    std::string_view rest = accented.accented;
    for (std::size_t i = 0; !rest.empty(); ++i) {
      if (TakeCharacter(rest) != character) continue;
      out.push_back(static_cast<unsigned char>(accented.letters[i]));
      out.push_back(accented.mark);
      return true;
    }
  }
  return false;
}

Character Lower(Character c) {
  if (c >= 'A' && c <= 'Z') return c + 0x20;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  if (c == 0x110 || c == 0x126 || c == 0x141 || c == 0x14A || c == 0x152 || c == 0x166)
    return c + 1;
  if (c >= 0x391 && c <= 0x3A9) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c >= 0x410 && c <= 0x42F ? c + 0x20 : c;
}

Character FormOf(Character c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - 0x21;
  c = Lower(c);
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  if (c == 0x2018 || c == 0x2019 || c == 0x2032) return '\'';
  if (c >= 0x201C && c <= 0x201E) return '"';
  if (c == 0x131) return 'i';
  std::string_view rest = kOfOtherScripts;
  for (const char same : kSameForm) {
    if (TakeCharacter(rest) == c) return static_cast<unsigned char>(same);
  }
  return c;
}

// Line feeds, too: in a header cell that somebody broke over two lines.
bool IsBlank(Character c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || IsOtherBlank(c);
}

// What two texts that look alike have in common.
Characters Skeleton(std::string_view text) {
  Characters apart;
  for (const Character character : CharactersOf(text)) {
    if (IsUnseen(character)) continue;
    if (!AppendApart(character, apart)) apart.push_back(character);
  }
  Characters skeleton;
  bool blank = false;
  for (const Character character : apart) {
    if (IsBlank(character)) {
      blank = !skeleton.empty();
      continue;
    }
    if (std::exchange(blank, false)) skeleton.push_back(' ');
    skeleton.push_back(FormOf(character));
  }
  return skeleton;
}

// Characters beyond ASCII of `text` that `other` has not, each once, the first few.
std::string SpellOwn(const Characters& text, const Characters& other, Character above = 0x7F) {
  constexpr std::size_t kMost = 3;
  const auto has = [](const Characters& characters, Character character) {
    return std::find(characters.begin(), characters.end(), character) != characters.end();
  };
  Characters own;
  for (const Character character : text) {
    if (character > above && character < kNoCharacter && !has(other, character) &&
        !has(own, character)) {
      own.push_back(character);
    }
  }
  std::string list;
  for (std::size_t i = 0; i < own.size() && i < kMost; ++i) {
    list += (i == 0 ? "" : ", ") + SpellCharacter(own[i]);
  }
  return own.size() > kMost ? list + ", ..." : list;
}

std::string DescribeDifference(std::string_view text, std::string_view known) {
  const Characters mine = CharactersOf(text);
  const Characters its = CharactersOf(known);
  const std::string shown = Printable(known);
  if (const std::string own = SpellOwn(mine, its); !own.empty()) {
    return fmt::format("it looks like '{}' but has {}", shown, own);
  }
  if (const std::string lacking = SpellOwn(its, mine); !lacking.empty()) {
    return fmt::format("it looks like '{}', which has {}", shown, lacking);
  }
  const bool in_case = std::equal(mine.begin(), mine.end(), its.begin(), its.end(),
                                  [](Character a, Character b) { return Lower(a) == Lower(b); });
  return fmt::format("it looks like '{}' but for {}", shown, in_case ? "case" : "blanks");
}

}  // namespace

bool LookAlike(std::string_view a, std::string_view b) { return Skeleton(a) == Skeleton(b); }

LookAlikes::LookAlikes(std::span<const std::string_view> known) {
  for (const std::string_view text : known) {
    by_form_.emplace(Skeleton(text), text);
    for (const Character character : CharactersOf(text)) {
      if (character > kLastLatin) characters_.insert(character);
    }
  }
}

std::string LookAlikes::Describe(std::string_view text) const {
  if (text.empty() || text.size() > kMostBytes) return {};
  const auto found = by_form_.find(Skeleton(text));
  if (found == by_form_.end() || found->second == text) return {};
  return DescribeDifference(text, found->second);
}

std::string LookAlikes::DescribeOrSpell(std::string_view text) const {
  std::string likeness = Describe(text);
  if (!likeness.empty() || text.size() > kMostBytes) return likeness;
  const Characters known(characters_.begin(), characters_.end());
  const std::string own = SpellOwn(CharactersOf(text), known, kLastLatin);
  return own.empty() ? own : "it has " + own;
}

std::string LikenessBehind(std::string_view text, std::span<const std::string_view> known) {
  const std::string likeness = LookAlikes(known).DescribeOrSpell(text);
  return likeness.empty() ? likeness : "; " + likeness;
}

}  // namespace panelpuls
