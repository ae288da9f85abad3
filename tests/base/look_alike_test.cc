#include "base/look_alike.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/characters.h"

namespace panelpuls {
namespace {

constexpr std::string_view kKnown[] = {"Fyn", "Småøerne", "på vej op", "10-49", "Ålborg"};

struct LikeRow {
  const char* name;
  std::string_view text;
  const char* said;
};
void PrintTo(const LikeRow& row, std::ostream* out) { *out << row.name; }

class TextsLikeKnownOnes : public ::testing::TestWithParam<LikeRow> {};
TEST_P(TextsLikeKnownOnes, AreToldFromThem) {
  EXPECT_EQ(LookAlikes(kKnown).DescribeOrSpell(GetParam().text), GetParam().said);
}
INSTANTIATE_TEST_SUITE_P(
    All, TextsLikeKnownOnes,
    ::testing::Values(
        LikeRow{"NoBreakSpaceBehind", "Fyn\u00A0",
                "it looks like 'Fyn' but has U+00A0 (no-break space)"},
        LikeRow{"NoBreakSpaceInside", "på\u00A0vej op",
                "it looks like 'på vej op' but has U+00A0 (no-break space)"},
        LikeRow{"ZeroWidth", "\u200BFyn", "it looks like 'Fyn' but has U+200B (zero width space)"},
        LikeRow{"SoftHyphen", "Fy\u00ADn", "it looks like 'Fyn' but has U+00AD (soft hyphen)"},
        LikeRow{"ByteOrderMark",
                "\uFEFF"
                "10-49",
                "it looks like '10-49' but has U+FEFF (byte order mark)"},
        LikeRow{"AccentApart", "Sma\u030A\u00F8erne",
                "it looks like 'Småøerne' but has U+030A (combining ring above)"},
        LikeRow{"CapitalWithAccentApart", "A\u030Alborg",
                "it looks like 'Ålborg' but has U+030A (combining ring above)"},
        LikeRow{"Dash", "10\u201349", "it looks like '10-49' but has U+2013 (en dash)"},
        LikeRow{"Minus", "10\u221249", "it looks like '10-49' but has U+2212 (minus sign)"},
        LikeRow{"CyrillicForm", "F\u0443n", "it looks like 'Fyn' but has U+0443 (Cyrillic)"},
        LikeRow{"FullWidth", "\uFF11\uFF10-49",
                "it looks like '10-49' but has U+FF11 (full width), U+FF10 (full width)"},
        LikeRow{"OtherScript", "\u0424yn", "it has U+0424 (Cyrillic)"},
        LikeRow{"Case", "fyn", "it looks like 'Fyn' but for case"},
        LikeRow{"BlankBehind", "Fyn ", "it looks like 'Fyn' but for blanks"},
        LikeRow{"TwoBlanks", "på  vej op", "it looks like 'på vej op' but for blanks"},
        LikeRow{"LineFeed", "på\nvej op\n", "it looks like 'på vej op' but for blanks"},
        LikeRow{"NoBreakHyphen", "10\u201149",
                "it looks like '10-49' but has U+2011 (no-break hyphen)"},
        LikeRow{"RightToLeft", "\u202EFyn",
                "it looks like 'Fyn' but has U+202E (mark of direction)"},
        LikeRow{"Same", "Fyn", ""}, LikeRow{"Empty", "", ""},
        // What can be seen is no likeness: a letter without its accent, another letter.
        LikeRow{"NoAccent", "Alborg", ""}, LikeRow{"AnotherLetter", "Fynn", ""},
        LikeRow{"NotUtf8", "F\xFFn", ""}),
    [](const auto& info) { return info.param.name; });

TEST(LookAlikes, SayWhatTheKnownOneHas) {
  constexpr std::string_view kApart[] = {"Sma\u030Aøerne"};
  EXPECT_EQ(LookAlikes(kApart).Describe("småøerne"),
            "it looks like 'Sma\u030Aøerne' but has U+00E5");
  constexpr std::string_view kDash[] = {"10\u201349"};
  EXPECT_EQ(LookAlikes(kDash).Describe("10-49"),
            "it looks like '10\u201349', which has U+2013 (en dash)");
}

TEST(LookAlikes, LettersThatAKnownOneHasAreNotSpelled) {
  constexpr std::string_view kGreek[] = {"\u0391\u03B8\u03AE\u03BD\u03B1"};
  EXPECT_EQ(LookAlikes(kGreek).DescribeOrSpell("\u03B8\u03AE\u03BD\u03B1"), "");
}

TEST(LookAlikes, ALongTextIsNoCode) {
  EXPECT_EQ(LookAlikes(kKnown).DescribeOrSpell(std::string(1'000'000, '\xC2')), "");
}

TEST(Characters, AreTakenOneByOneAndSpelledByTheirNumber) {
  std::string_view rest = "aå€😀\xE6z";
  std::vector<Character> characters;
  while (!rest.empty()) characters.push_back(TakeCharacter(rest));
  EXPECT_EQ(characters,
            (std::vector<Character>{'a', 0xE5, 0x20AC, 0x1F600, kNoCharacter + 0xE6, 'z'}));
  EXPECT_EQ(SpellCharacter(0xE5), "U+00E5");
  EXPECT_EQ(SpellCharacter(0x1F600), "U+1F600");
  EXPECT_EQ(SpellCharacter(kNoCharacter + 0xE6), "byte E6");
}

}  // namespace
}  // namespace panelpuls
