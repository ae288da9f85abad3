#include "base/printable.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/characters.h"

namespace panelpuls {
namespace {

struct Shown {
  const char* name;
  std::string_view text;
  std::string_view shown;
};

class PrintableTexts : public testing::TestWithParam<Shown> {};

TEST_P(PrintableTexts, AreShownOnOneLineInReadingOrder) {
  EXPECT_EQ(Printable(GetParam().text), GetParam().shown);
  EXPECT_EQ(Printable(Printable(GetParam().text)), GetParam().shown) << "a second time";
}

INSTANTIATE_TEST_SUITE_P(
    All, PrintableTexts,
    testing::Values(
        Shown{"Empty", "", ""}, Shown{"Letters", "Sønderjylland € 😀", "Sønderjylland € 😀"},
        Shown{"Escapes", "\x1B[2J\x1B]0;title\x07", R"(\x1B[2J\x1B]0;title\x07)"},
        Shown{"ForgedLines", "a\r\n[info] all is well", R"(a\x0D\x0A[info] all is well)"},
        Shown{"ZeroAndDelete", std::string_view("a\0\x7F", 3), R"(a\x00\x7F)"},
        Shown{"NotUtf8", "\xE6\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80",
              R"(\xE6\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80)"},
        Shown{"C1Controls", "\xC2\x9B[31m\xC2\x85", R"(\u{009B}[31m\u{0085})"},
        Shown{"Overrides", "a\u202Etxt.exe\u2066b\u2069", R"(a\u{202E}txt.exe\u{2066}b\u{2069})"},
        Shown{"LineSeparators", "a\u2028b\u2029", R"(a\u{2028}b\u{2029})"},
        Shown{"Invisible", "a\u200Bb\uFEFF\U000E0041", R"(a\u{200B}b\u{FEFF}\u{E0041})"},
        Shown{"OtherBlanks", "a\u00A0b\u2009c\u202Fd e", R"(a\u{00A0}b\u{2009}c\u{202F}d e)"}),
    [](const auto& info) { return info.param.name; });

TEST(Printable, CutsBehindTheBytesAskedForAndNeverInsideALetter) {
  EXPECT_EQ(Printable(std::string(65, 'x')), std::string(64, 'x') + "...");
  EXPECT_EQ(Printable(std::string(64, 'x')), std::string(64, 'x'));
  EXPECT_EQ(Printable(std::string(63, 'x') + "æ"), std::string(63, 'x') + "...");
  EXPECT_EQ(Printable(std::string(3'000'000, '\n'), 2), "\\x0A\\x0A...");
}

TEST(Glimpse, IsTheFirstEightCharactersAndTheNumberOfBytes) {
  EXPECT_EQ(Glimpse(""), "");
  EXPECT_EQ(Glimpse("e-Boks"), "e-Boks");
  EXPECT_EQ(Glimpse("12345678"), "12345678");
  EXPECT_EQ(Glimpse("æøåæøåæø"), "æøåæøåæø");
  EXPECT_EQ(Glimpse("DK-10000001"), "DK-10000... (11 bytes)");
  EXPECT_EQ(Glimpse("æøåæøåæøå"), "æøåæøåæø... (18 bytes)");
  EXPECT_EQ(Glimpse("\xFF\n3456789"), "\\xFF\\x0A345678... (9 bytes)");
  EXPECT_EQ(Glimpse(std::string(3'000'000, 'x')), "xxxxxxxx... (3000000 bytes)");
}

// Nothing of two bytes gives a control character, or bytes that are not UTF-8.
TEST(Printable, LeavesNoControlCharacterOfAnyTwoBytes) {
  for (unsigned pair = 0; pair <= 0xFFFF; ++pair) {
    const char bytes[] = {static_cast<char>(pair >> 8), static_cast<char>(pair & 0xFF)};
    std::string_view shown;
    const std::string text = Printable({bytes, 2});
    for (shown = text; !shown.empty(); shown.remove_prefix(Utf8SequenceLength(shown))) {
      ASSERT_GT(Utf8SequenceLength(shown), 0u) << pair;
      const auto first = static_cast<unsigned char>(shown[0]);
      ASSERT_TRUE(first >= 0x20 && first != 0x7F) << pair;
      const bool c1 =
          shown.size() > 1 && first == 0xC2 && static_cast<unsigned char>(shown[1]) < 0xA0;
      ASSERT_FALSE(c1) << pair;
    }
  }
}

}  // namespace
}  // namespace panelpuls
