#include "sim/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace panelpuls::sim {
namespace {

using testing::HasSubstr;

TEST(Parameters, AValueTakesItsOwnMarkElseItsSections) {
  const auto parameters = Parameters::Parse(
      "# comment\n[a] | published: table 1\nx = 1\nindicator area=fyn = 3.5 | assumed: rounded\n",
      "file");
  ASSERT_TRUE(parameters.ok()) << parameters.status();
  EXPECT_EQ(parameters->Find("a", "x")->mark, "published: table 1");
  EXPECT_EQ(parameters->Find("a", "indicator area=fyn")->mark, "assumed: rounded");
  EXPECT_EQ(*parameters->Number("a", "indicator area=fyn", {.low = 0, .high = 10}), 3.5);
}

struct BadText {
  std::string name, text, message;
};
void PrintTo(const BadText& row, std::ostream* out) { *out << row.name; }

class BadParameters : public testing::TestWithParam<BadText> {};

TEST_P(BadParameters, AreRefusedByLine) {
  const auto parameters = Parameters::Parse(GetParam().text, "file");
  ASSERT_FALSE(parameters.ok());
  EXPECT_THAT(std::string(parameters.status().message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadParameters,
    testing::Values(
        BadText{"NoMark", "[a]\nx = 1\n", "file:2: 'x' has no mark"},
        BadText{"OtherMark", "[a] | guessed: yes\n", "file:1: the mark is neither"},
        BadText{"MarkWithoutReason", "[a] | assumed: \n", "file:1: the mark is neither"},
        BadText{"NoValue", "[a] | assumed: b\nx\n", "file:2: neither"},
        BadText{"OpenSection", "[a | assumed: b\n", "file:1: a section ends"},
        BadText{"Twice", "[a] | assumed: b\nx = 1\nx = 2\n", "file:3: 'x' stands on line 2"}),
    [](const auto& row) { return row.param.name; });

TEST(Parameters, WhatNothingAsksForIsNamed) {
  const auto parameters = Parameters::Parse("[a] | assumed: b\nx = 1\ny = 2\n", "file");
  ASSERT_TRUE(parameters.ok());
  ASSERT_TRUE(parameters->Number("a", "x", {.low = 0, .high = 1}).ok());
  EXPECT_THAT(std::string(parameters->CheckAllUsed().message()),
              HasSubstr("file:3: nothing in this wave uses 'y'"));
}

TEST(Parameters, NumbersOutOfRangeAreRefused) {
  const auto parameters =
      Parameters::Parse("[a] | assumed: b\nx = 12\ny = 1,5\nz = 1 2 x\n", "file");
  ASSERT_TRUE(parameters.ok());
  const NumberRange range{.low = 0, .high = 10};
  EXPECT_THAT(std::string(parameters->Number("a", "x", range).status().message()),
              HasSubstr("file:2: x = 12 is not between 0 and 10"));
  EXPECT_THAT(std::string(parameters->Number("a", "y", range).status().message()),
              HasSubstr("'1,5' is no number"));
  EXPECT_THAT(std::string(parameters->Numbers("a", "z", range).status().message()),
              HasSubstr("'x' is no number"));
  EXPECT_THAT(std::string(parameters->Number("a", "w", range).status().message()),
              HasSubstr("needs a line 'w ="));
}

}  // namespace
}  // namespace panelpuls::sim
