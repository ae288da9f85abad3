#include "base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace panelpuls {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Rows = std::vector<std::vector<std::string>>;

struct ReadResult {
  Rows rows;
  std::vector<std::uint64_t> lines;
  std::string error;
};

ReadResult ReadAll(std::string_view text, CsvFormat format = {}) {
  CsvReader reader(text, format, "f.csv");
  ReadResult result;
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) {
    result.rows.emplace_back(fields.begin(), fields.end());
    result.lines.push_back(reader.line());
  }
  result.error = std::string(ToStd(reader.error().message()));
  return result;
}

CsvFormat Danish(char thousands = '.') {
  CsvFormat format;
  format.separator = ';';
  format.decimal_comma = true;
  format.thousands_separator = thousands;
  return format;
}

struct GoodRow {
  std::string_view name, text;
  Rows rows;
};
void PrintTo(const GoodRow& row, std::ostream* out) { *out << row.name; }

class CsvRows : public ::testing::TestWithParam<GoodRow> {};
TEST_P(CsvRows, AreReadAsTheyStand) {
  const ReadResult result = ReadAll(GetParam().text);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.rows, GetParam().rows);
}
INSTANTIATE_TEST_SUITE_P(
    Csv, CsvRows,
    ::testing::Values(GoodRow{"Plain", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
                      GoodRow{"NoLastLineEnd", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
                      GoodRow{"CrLf", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
                      GoodRow{"CrAtTheEnd", "a,b\r\n1,2\r", {{"a", "b"}, {"1", "2"}}},
                      GoodRow{"ByteOrderMark",
                              "\xEF\xBB\xBF"
                              "a\n1\n",
                              {{"a"}, {"1"}}},
                      GoodRow{"EmptyFields", "a,b,c\n,,\n", {{"a", "b", "c"}, {"", "", ""}}},
                      GoodRow{"BlankLines", "a\n\n1\n  \n\r\n2\n", {{"a"}, {"1"}, {"2"}}},
                      GoodRow{"QuotedSeparator", "a,b\n\"1,5\",2\n", {{"a", "b"}, {"1,5", "2"}}},
                      GoodRow{"DoubledQuotes", "a\n\"say \"\"no\"\"\"\n", {{"a"}, {"say \"no\""}}},
                      GoodRow{"LineEndInQuotes", "a,b\n\"1\n2\",3\n", {{"a", "b"}, {"1\n2", "3"}}},
                      GoodRow{"EmptyQuotes", "a,b\n\"\",\"\"\n", {{"a", "b"}, {"", ""}}},
                      GoodRow{"ManyQuotedFields",
                              "\"a\",\"b\",\"c\",\"d\"\n\"1\",2,\"3\",\"4\"",
                              {{"a", "b", "c", "d"}, {"1", "2", "3", "4"}}},
                      GoodRow{"BlanksStay", "a, b\n 1 ,2\n", {{"a", " b"}, {" 1 ", "2"}}},
                      GoodRow{"Empty", "", {}}),
    [](const auto& info) { return std::string(info.param.name); });

struct BadRow {
  std::string_view name, text, error;
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
class BadCsv : public ::testing::TestWithParam<BadRow> {};
TEST_P(BadCsv, IsRefusedByLine) {
  EXPECT_THAT(ReadAll(GetParam().text).error, HasSubstr(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Csv, BadCsv,
    ::testing::Values(
        BadRow{"Semicolons", "a;b\n1;2\n",
               "f.csv:1: columns are separated by semicolon, not by comma as declared; declare "
               "separator \";\" or write comma"},
        BadRow{"Tabs", "a\tb\n", "separated by tab"},
        BadRow{"SemicolonsAndAComma", "a;b;c,d\n", "separated by semicolon"},
        BadRow{"QuoteInside", "a\n1\"2\n", "f.csv:2: a quote inside"},
        BadRow{"TextBehindQuote", "a\n\"1\"2\n", "f.csv:2: text behind a closing quote"},
        BadRow{"QuoteThatClosesFarBelow", "a\n\"1\n2\n3\"x\"\n",
               "or close the one that opens in line 2"},
        BadRow{"OpenQuote", "a\n1\n\"2\n3\n", "f.csv:3: a quoted field has no end"},
        BadRow{"LoneCarriageReturn", "a\r1\r", "f.csv:1: a carriage return alone"},
        BadRow{"Windows1252", "a\n1\nSj\xE6lland\n",
               "f.csv:3: byte E6 is not UTF-8; save the file as UTF-8, or declare encoding "
               "windows-1252"},
        BadRow{"Overlong", "a\n\xC0\xAF\n", "f.csv:2: byte C0"},
        BadRow{"Surrogate", "a\n\xED\xA0\x80\n", "f.csv:2: byte ED"},
        BadRow{"BeyondUnicode", "a\n\xF4\x90\x80\x80\n", "f.csv:2: byte F4"},
        BadRow{"CutSequence", "a\n\xC3", "f.csv:2: byte C3"},
        BadRow{"Utf16",
               "\xFF\xFE"
               "a",
               "f.csv:1: the file is UTF-16"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Csv, ALineOfSpreadsheetsDeclaresTheSeparator) {
  for (const std::string_view begin :
       {"sep=;\n", "SEP=;\r\n", "\"sep=;\"\n", "\xEF\xBB\xBFsep=;\n"}) {
    const ReadResult result = ReadAll(std::string(begin) + "a;b\n1,5;2\n");
    EXPECT_EQ(result.error, "") << begin;
    EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"1,5", "2"}}));
    EXPECT_THAT(result.lines, ElementsAre(2, 3));
  }
  EXPECT_EQ(ReadAll("sep=\t\na\tb\n").rows, (Rows{{"a", "b"}}));
  EXPECT_EQ(ReadAll("sep=,\na,b\n").rows, (Rows{{"a", "b"}}));
  EXPECT_EQ(ReadAll("sep=;\na;b\n", Danish()).rows, (Rows{{"a", "b"}}));
  EXPECT_THAT(
      ReadAll("sep=,\na,b\n", Danish()).error,
      HasSubstr("f.csv:1: the line declares comma as separator, and semicolon is declared"));
  EXPECT_THAT(ReadAll("sep=#\na#b\n").error, HasSubstr("f.csv:1: the line declares the separator"));
  EXPECT_EQ(ReadAll("sep=xy\n").rows, (Rows{{"sep=xy"}}));
  // A number is ambiguous beside semicolons, whoever declared them.
  CsvReader reader("sep=;\na;b\n", {}, "f.csv");
  std::vector<std::string_view> fields;
  ASSERT_TRUE(reader.Next(fields));
  EXPECT_FALSE(ParseNumber("40.982", reader.format()).ok());
}

TEST(Csv, WithoutQuotingAQuoteIsACharacter) {
  const CsvFormat plain = *MakeCsvFormat({.separator = "tab", .quotes = false});
  const ReadResult result = ReadAll("a\tb\n5\" pipe\t\"x\n\"\",y\t\n", plain);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"5\" pipe", "\"x"}, {"\"\",y", ""}}));
}

TEST(Csv, TextFormulasAreTheirTextWhereDeclared) {
  const CsvFormat formulas = *MakeCsvFormat({.separator = ";", .text_formulas = true});
  const ReadResult result = ReadAll(R"(a;"=""3.4"""
"=""1-9""";x
="007";"=""say """"no"""""""
=1;=x
)",
                                    formulas);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.rows, (Rows{{"a", "3.4"}, {"1-9", "x"}, {"007", "say \"no\""}, {"=1", "=x"}}));
  EXPECT_EQ(ReadAll("a\n\"=\"\"1-9\"\"\"\n").rows, (Rows{{"a"}, {"=\"1-9\""}}));
  EXPECT_THAT(ReadAll("a\n=\"1-9\"\n").error, HasSubstr("set text_formulas = yes"));
  EXPECT_THAT(ReadAll("a;b\n=\"1;2\n", formulas).error, HasSubstr("has no end"));
}

TEST(Csv, WhatASpreadsheetChangesIsKnown) {
  for (const std::string_view field :
       {"1-9",    "10-49",  "50-249", "3.4",   "01/02",       "1.2.24", "2026-10-02",
        "jan-20", "1. maj", "okt 49", "10:30", "1e5",         "0851",   "007",
        "1,5",    "1.000",  "10%",    "kr 5",  "+45",         "-1",     "@x",
        "=1",     "sand",   "FALSE",  "#N/A",  "123456789012"}) {
    EXPECT_TRUE(ChangesInSpreadsheet(field)) << field;
  }
  for (const std::string_view field :
       {"", "0", "7", "12345678901", "up", "maj", "1-9 ansatte", "q1", "size=1-9", "Sjælland",
        "DK-10000001", "0a91bc34d5e6f7089a1b2c3d4e5f6071"}) {
    EXPECT_FALSE(ChangesInSpreadsheet(field)) << field;
  }
  EXPECT_EQ(TextFormula("1-9"), "=\"1-9\"");
  EXPECT_EQ(TextFormula("say \"no\""), "=\"say \"\"no\"\"\"");
}

TEST(Csv, LinesAreThoseOfTheFile) {
  EXPECT_THAT(ReadAll("a\n\n\"1\n2\"\n3\n").lines, ElementsAre(1, 3, 5));
}

TEST(Csv, RowTextIsTheLineWithoutItsEnd) {
  CsvReader reader("a,b\r\n\"1\",2\r\n", {}, "f.csv");
  std::vector<std::string_view> fields;
  ASSERT_TRUE(reader.Next(fields));
  ASSERT_TRUE(reader.Next(fields));
  EXPECT_EQ(reader.row_text(), "\"1\",2");
  EXPECT_EQ(ToStd(reader.ErrorHere("no").message()), "f.csv:2: no");
}

TEST(Csv, NothingFollowsAnError) {
  CsvReader reader("a\n1\"\n2\n", {}, "f.csv");
  std::vector<std::string_view> fields;
  EXPECT_TRUE(reader.Next(fields));
  EXPECT_FALSE(reader.Next(fields));
  EXPECT_FALSE(reader.Next(fields));
  EXPECT_FALSE(reader.error().ok());
}

TEST(Csv, TheSemicolonErrorNamesAnAmbiguousNumberToo) {
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF"
                      "dimension;category;total\r\narea;Fyn;40.982\r\narea;Als;909\r\n")
                  .error,
              AllOf(StartsWith("f.csv:1: "), HasSubstr("semicolon"),
                    HasSubstr("line 2: 40.982 may be 40982 or 40.982")));
}

TEST(Csv, ADeclaredSeparatorIsHeldAgainstTheHeaderTheOtherWayRoundToo) {
  EXPECT_THAT(ReadAll("a,b\n", Danish()).error, HasSubstr("separated by comma, not by semicolon"));
}

TEST(Csv, Windows1252IsReadWhenDeclared) {
  CsvFormat format = Danish();
  format.encoding = CsvFormat::kWindows1252;
  const ReadResult result = ReadAll("area;x\r\nSj\xE6lland;\x80\r\n", format);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.rows, (Rows{{"area", "x"}, {"Sjælland", "€"}}));
  EXPECT_THAT(ReadAll("a\nb\x81\n", format).error, HasSubstr("f.csv:2: byte 81"));
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF"
                      "a\n",
                      format)
                  .error,
              HasSubstr("declare utf-8"));
}

CsvFormat Blank() { return *MakeCsvFormat({.thousands = "\u00A0"}); }

struct NumberRow {
  std::string_view name;
  CsvFormat format;
  std::string_view text;
  double value;
};
void PrintTo(const NumberRow& row, std::ostream* out) { *out << row.name; }
class CsvNumbers : public ::testing::TestWithParam<NumberRow> {};
TEST_P(CsvNumbers, AreReadWhole) {
  const auto number = ParseNumber(GetParam().text, GetParam().format);
  ASSERT_TRUE(number.ok()) << number.status();
  EXPECT_EQ(*number, GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(
    Csv, CsvNumbers,
    ::testing::Values(NumberRow{"Integer", {}, "40982", 40982},
                      NumberRow{"Point", {}, "40.982", 40.982},
                      NumberRow{"Negative", {}, "-0.75", -0.75},
                      NumberRow{"Exponent", {}, "1e+05", 100000},
                      NumberRow{"Digits", {}, "44.2099990844727", 44.2099990844727},
                      NumberRow{"DanishGroups", Danish(), "40.982", 40982},
                      NumberRow{"DanishWithoutGroups", Danish(), "909", 909},
                      NumberRow{"DanishMillions", Danish(), "1.234.567,5", 1234567.5},
                      NumberRow{"DanishDecimals", Danish(), "2,25", 2.25},
                      NumberRow{"DanishDecimalsOnly", Danish(0), "2,25", 2.25},
                      NumberRow{"DanishNegative", Danish(), "-1.234,5", -1234.5},
                      NumberRow{"Blank", Blank(), "40 982", 40982},
                      NumberRow{"NoBreakSpace", Blank(), "1\u00A0234\u00A0567", 1234567},
                      NumberRow{"NarrowNoBreakSpace", Blank(), "40\u202F982", 40982},
                      NumberRow{"ThinSpace", Blank(), "-40\u2009982", -40982}),
    [](const auto& info) { return std::string(info.param.name); });

struct BadNumberRow {
  std::string_view name;
  CsvFormat format;
  std::string_view text, error;
};
void PrintTo(const BadNumberRow& row, std::ostream* out) { *out << row.name; }
class BadNumbers : public ::testing::TestWithParam<BadNumberRow> {};
TEST_P(BadNumbers, AreRefusedWithTheMend) {
  const auto number = ParseNumber(GetParam().text, GetParam().format);
  ASSERT_FALSE(number.ok()) << *number;
  EXPECT_THAT(std::string(ToStd(number.status().message())), HasSubstr(GetParam().error));
}
CsvFormat Semicolons() {
  CsvFormat format;
  format.separator = ';';
  return format;
}
INSTANTIATE_TEST_SUITE_P(
    Csv, BadNumbers,
    ::testing::Values(
        BadNumberRow{"Empty", {}, "", "not a number"},
        BadNumberRow{"Word", {}, "many", "not a number"},
        BadNumberRow{"NoBreakSpace", {}, "40\u00A0982", "\"40\\u{00A0}982\" is not a number"},
        BadNumberRow{"MinusSign", {}, "\u22125", "it has U+2212 (minus sign)"},
        BadNumberRow{"TwoDigitsBehindABlank", Blank(), "40\u00A098", "no groups of three digits"},
        BadNumberRow{"Infinity", {}, "inf", "not a number"},
        BadNumberRow{"Nan", {}, "nan", "not a number"},
        BadNumberRow{"Hex", {}, "0x10", "not a number"},
        BadNumberRow{"HexFloat", {}, "1p3", "not a number"},
        BadNumberRow{"Overflow", {}, "1e999", "not a number"},
        BadNumberRow{"Plus", {}, "+1", "not a number"},
        BadNumberRow{"Blank", {}, " 1", "not a number"},
        BadNumberRow{"Tail", {}, "1x", "not a number"},
        BadNumberRow{"NoDigitBeforePoint", {}, ".5", "not a number"},
        BadNumberRow{"NoDigitBehindPoint", {}, "5.", "not a number"},
        BadNumberRow{"MinusAlone", {}, "-", "not a number"},
        BadNumberRow{"TwoPoints", {}, "1.2.3", "not a number"},
        BadNumberRow{"UndeclaredComma", {}, "0,75", "declare the decimal comma or write 0.75"},
        BadNumberRow{"AmbiguousComma", {}, "1,234", "1,234 may be 1234 or 1.234"},
        BadNumberRow{
            "AmbiguousPoint", Danish(0), "40.982",
            "40.982 may be 40982 or 40.982; declare the thousands separator or write 40982"},
        BadNumberRow{"AmbiguousPointBesideSemicolons", Semicolons(), "40.982",
                     "40.982 may be 40982 or 40.982; declare"},
        BadNumberRow{"PointWithDecimalComma", Danish(0), "0.75", "write 0,75"},
        BadNumberRow{"GroupOfTwo", Danish(), "40.98", "no groups of three digits"},
        BadNumberRow{"GroupOfFour", Danish(), "4.0982", "no groups of three digits"},
        BadNumberRow{"LongFirstGroup", Danish(), "1234.567", "no groups of three digits"},
        BadNumberRow{"NoFirstGroup", Danish(), ".982", "no groups of three digits"},
        BadNumberRow{"GroupsInFraction", Danish(), "1.234,567.8", "no groups of three digits"},
        BadNumberRow{"TwoCommas", Danish(), "1,2,3", "not a number"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Csv, FormatsAreMadeFromTheirTexts) {
  const auto format = MakeCsvFormat(
      {.separator = "tab", .decimal_comma = true, .thousands = ".", .encoding = "windows-1252"});
  ASSERT_TRUE(format.ok());
  EXPECT_EQ(format->separator, '\t');
  EXPECT_EQ(format->thousands_separator, '.');
  EXPECT_EQ(format->encoding, CsvFormat::kWindows1252);
  EXPECT_TRUE(MakeCsvFormat({}).ok());
  EXPECT_FALSE(MakeCsvFormat({.separator = ":"}).ok());
  EXPECT_FALSE(MakeCsvFormat({.thousands = "."}).ok());
  EXPECT_FALSE(MakeCsvFormat({.decimal_comma = true, .thousands = ","}).ok());
  EXPECT_FALSE(MakeCsvFormat({.thousands = ".."}).ok());
  EXPECT_EQ(MakeCsvFormat({.thousands = "\u202F"})->thousands_separator, ' ');
  EXPECT_EQ(MakeCsvFormat({.thousands = "\u2019"})->thousands_separator, '\'');
  EXPECT_FALSE(MakeCsvFormat({.encoding = "latin-1"}).ok());
}

TEST(Csv, AnyFlagStandsForTheWholeDeclaredFormat) {
  const CsvFormat declared = Danish();
  const auto untouched = ChooseCsvFormat({}, declared);
  ASSERT_TRUE(untouched.ok());
  EXPECT_EQ(untouched->separator, declared.separator);
  EXPECT_EQ(untouched->decimal_comma, declared.decimal_comma);
  EXPECT_EQ(untouched->thousands_separator, declared.thousands_separator);
  for (const CsvFormatTexts& flags :
       {CsvFormatTexts{.separator = "tab"}, CsvFormatTexts{.thousands = "'"},
        CsvFormatTexts{.encoding = "windows-1252"}}) {
    const auto chosen = ChooseCsvFormat(flags, declared);
    ASSERT_TRUE(chosen.ok());
    EXPECT_FALSE(chosen->decimal_comma);
    EXPECT_NE(chosen->thousands_separator, declared.thousands_separator);
  }
  EXPECT_FALSE(ChooseCsvFormat({.encoding = "latin-1"}, declared).ok());
}

TEST(Csv, QuotedFieldsReadBackAsTheyWere) {
  for (const std::string_view field :
       {"plain", "a,b", "say \"no\"", "two\nlines", "", "a;b", "\r"}) {
    const ReadResult result = ReadAll("h,i\n" + QuoteCsv(field) + ",x\n");
    ASSERT_EQ(result.error, "") << field;
    EXPECT_EQ(result.rows[1][0], field);
  }
  EXPECT_EQ(QuoteCsv("a;b"), "a;b");
  EXPECT_EQ(QuoteCsv("a;b", ';'), "\"a;b\"");
}

}  // namespace
}  // namespace panelpuls
