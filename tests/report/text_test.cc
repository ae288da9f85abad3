#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/messages.h"
#include "report/sample.h"
#include "report/text_table.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The text with every run of blanks as one.
std::string Squeeze(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  return out;
}

estimate::FigureValue& Figure(Sample& sample, std::string_view of, std::string_view domain) {
  for (std::size_t i = 0; i < sample.keys().size(); ++i) {
    if (sample.keys()[i].of == of && sample.keys()[i].domain == domain) {
      return sample.estimates().figures[i];
    }
  }
  PP_CHECK(false);
}

estimate::FigureValue& Change(Sample& sample, std::string_view of, std::string_view domain) {
  for (std::size_t i = 0; i < sample.keys().size(); ++i) {
    const estimate::FigureKey& key = sample.keys()[i];
    if (!key.against.empty() && key.of == of && key.domain == domain) {
      estimate::FigureValue& figure = sample.estimates().figures[i];
      figure = {};
      return figure;
    }
  }
  PP_CHECK(false);
}

void Set(Sample& sample, std::string_view of, std::string_view domain, double value,
         std::uint64_t n) {
  estimate::FigureValue& figure = Figure(sample, of, domain);
  figure = {};
  figure.n = n;
  figure.value = value;
}

TEST(Numbers, AreWrittenAsTheLanguageWritesThem) {
  struct Row {
    double value;
    const char* da;
    const char* en;
  };
  for (const Row& row :
       {Row{2.24, "+2,2", "+2.2"}, Row{-0.9, "\u22120,9", "\u22120.9"}, Row{0.04, "0,0", "0.0"},
        Row{-0.04, "0,0", "0.0"}, Row{100, "+100,0", "+100.0"}}) {
    EXPECT_EQ(FormatIndicator(Language::kDanish, row.value), row.da);
    EXPECT_EQ(FormatIndicator(Language::kEnglish, row.value), row.en);
  }
  EXPECT_EQ(FormatPercent(Language::kDanish, 0.506), "50,6 %");
  EXPECT_EQ(FormatPercent(Language::kEnglish, 0.506), "50.6%");
  EXPECT_EQ(FormatCount(Language::kDanish, 999), "999");
  EXPECT_EQ(FormatCount(Language::kDanish, 4039), "4.039");
  EXPECT_EQ(FormatCount(Language::kEnglish, 1234567), "1,234,567");
}

TEST(TextTable, AlignsByCharactersAndBreaksWhatIsTooWide) {
  TextTable table({"", "a", "b"});
  table.AddRow({"\u00e6\u00f8\u00e5", "1", "22"});
  table.AddRow({"abcd", "333", "4"});
  EXPECT_EQ(table.Render(80),
            "          a   b\n"
            "  \u00e6\u00f8\u00e5     1  22\n"
            "  abcd  333   4\n");
  EXPECT_EQ(table.Render(12),
            "          a\n"
            "  \u00e6\u00f8\u00e5     1\n"
            "  abcd  333\n"
            "\n"
            "         b\n"
            "  \u00e6\u00f8\u00e5   22\n"
            "  abcd   4\n");
}

TEST(Text, ShowsIndicatorGroupsAndAreasBesideTheEarlierWave) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 4039);
  Set(sample, "indicator/large_increase", "", 0.007, 4039);
  Set(sample, "indicator", "area=nordjylland", -0.9, 388);
  Change(sample, "indicator", "area=nordjylland").value = -2.4;
  const std::string danish = Squeeze(SnapshotToText(sample.Inputs()));
  EXPECT_THAT(danish, StartsWith("Virksomhedspanelet, efter\u00e5r 2025\n"));
  EXPECT_THAT(danish, HasSubstr("Opgjort 21. september 2025 kl. 14.31, dag 21 af 61\n"));
  EXPECT_THAT(danish, HasSubstr("Svar: 500 af 4.000 planlagte (e-Boks "));
  EXPECT_THAT(danish, HasSubstr("\nProduktivitetsindikatoren\n +2,2 N = 4.039\n"));
  EXPECT_THAT(danish, HasSubstr("\n Stor produktivitetsstigning 0,7 % 4.039\n"));
  EXPECT_THAT(danish, HasSubstr("fordelt p\u00e5: Erhvervshusomr\u00e5de\n"
                                " Nu Interval For\u00e5r 2025 \u00c6ndring N\n"
                                " Nordjylland \u22120,9 +1,5 \u22122,4 388\n"));
  const std::string english = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(english, HasSubstr("\nProductivity indicator\n +2.2 N = 4,039\n"));
  EXPECT_THAT(english, HasSubstr(" North Jutland \u22120.9 +1.5 \u22122.4 388\n"));
  EXPECT_THAT(english, Not(HasSubstr("Erhvervshus")));
}

TEST(Text, AFigureThatIsNotReportableIsNowhere) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 20);
  estimate::FigureValue& figure = Figure(sample, "indicator", "");
  figure.low = -9;
  figure.high = 13;
  figure.flags = {{.kind = estimate::FlagKind::kNotReportable},
                  {.kind = estimate::FlagKind::kLowEffectiveN}};
  const std::string text = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(text, HasSubstr("\nProductivity indicator\n \u2013 [1] N = 20"));
  EXPECT_THAT(text, HasSubstr("[1] not reportable yet; too few responses after weighting\n"));
}

TEST(Text, MoreThanTheLimitInCollapsedCategoriesIsAReason) {
  Sample sample(kPanel, 0);
  EXPECT_EQ(
      ExplainFlag(Language::kEnglish, sample.wave(), {.kind = estimate::FlagKind::kCollapsed}),
      "more than 10% of the population is in categories with too few responses");
  EXPECT_EQ(ExplainFlag(Language::kEnglish, sample.wave(),
                        {.kind = estimate::FlagKind::kCollapsed, .dimension = 1, .category = 3}),
            "weighted together with another category");
}

TEST(Text, AChangeWithoutAStandardErrorSaysSo) {
  Sample sample(kPanel, 500);
  estimate::FigureValue& change = Change(sample, "indicator", "area=fyn");
  change.value = -4.5;
  change.flags = {{.kind = estimate::FlagKind::kNotComputed}};
  const std::string text = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(text, HasSubstr("\u22124.5 ["));
  EXPECT_THAT(text, HasSubstr("no standard error of the earlier figure: whether the change"));
  EXPECT_THAT(text, Not(HasSubstr("\u22124.5*")));
}

// Neither its value nor its change, its rank or its mean by channel.
TEST(Text, WhatIsWithheldIsInNoPartOfTheText) {
  Sample sample(kPanel, 500);
  for (estimate::FigureValue& figure : sample.estimates().figures) {
    figure.value = 0.123;
    figure.low = 0.1;
    figure.high = 0.15;
    figure.flags = {{.kind = estimate::FlagKind::kNotReportable}};
  }
  for (estimate::ComparisonValue& value : sample.estimates().comparisons) {
    value.p_adjusted.reset();
  }
  for (const char* language : {"en", "da"}) {
    const std::string text = SnapshotToText(sample.Inputs(), {.language = language});
    for (const char* number : {"0.1", "0,1", "12.3", "12,3", "10.0", "10,0", "15.0", "15,0"}) {
      EXPECT_THAT(text, Not(HasSubstr(number)));
    }
    EXPECT_THAT(text, Not(HasSubstr("Rank")));
    EXPECT_THAT(text, Not(HasSubstr("Plads")));
  }
}

TEST(Text, AChangeThatDiffersFromZeroHasAStarThatIsExplained) {
  Sample sample(kPanel, 500);
  estimate::FigureValue& change = Change(sample, "indicator", "area=fyn");
  change.value = -4.5;
  change.low = -8;
  change.high = -1;
  const std::string with = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(with, HasSubstr("\u22124.5*"));
  EXPECT_THAT(with, HasSubstr("* The change differs from 0 (95% interval)."));
  change.high = 1;
  const std::string without = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(without, HasSubstr("\u22124.5 "));
  EXPECT_THAT(without, Not(HasSubstr("*")));
}

TEST(Text, NamesThePairsThatDifferAndHowManyWereTested) {
  Sample sample(kPanel, 500);
  for (estimate::ComparisonValue& value : sample.estimates().comparisons) {
    value = {};
    value.difference = 12.3;
    value.low = 2.0;
    value.high = 22.6;
    value.p = 0.2;
    value.p_adjusted = 0.9;
  }
  const std::string none = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(none, HasSubstr("  Different at the 5% level (Holm): 0 of 6 pairs\n"));
  EXPECT_THAT(none, Not(HasSubstr("+12.3")));
  for (std::size_t i = 0; i < sample.estimates().comparisons.size(); ++i) {
    const estimate::ComparisonKey& key = (*sample.estimates().comparison_keys)[i];
    if (key.a != "size=0" && key.b != "size=0") continue;
    sample.estimates().comparisons[i].p_adjusted = 0.0123;
  }
  const std::string text = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(text, HasSubstr("  Different at the 5% level (Holm): 3 of 6 pairs\n"));
  EXPECT_THAT(text, HasSubstr(": +12.3 [+2.0; +22.6], p = 0.012\n"));
}

TEST(Text, RangesOfRanksStandBesideRankedShares) {
  Sample sample(kPanel, 500);
  for (estimate::Ranking& ranking : sample.estimates().rankings) {
    for (estimate::RankedFigure& ranked : ranking.figures) {
      ranked.rank_low = 2;
      ranked.rank_high = 5;
    }
  }
  const std::string text = SnapshotToText(sample.Inputs(), {.language = "en"});
  EXPECT_THAT(text, HasSubstr("2\u20135"));
  EXPECT_THAT(text, HasSubstr("holds for the whole row at once (95%)"));
  sample.estimates().rankings.clear();
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.language = "en"}), Not(HasSubstr("Rank")));
}

TEST(TextTable, LinesAreBrokenAtBlanks) {
  EXPECT_EQ(FitLines("  one two three\n", 80), "  one two three\n");
  EXPECT_EQ(FitLines("  one two three\n", 10), "  one two\n    three\n");
  EXPECT_EQ(FitLines("  \u00e6\u00f8\u00e5 \u00e6\u00f8\u00e5\n", 9),
            "  \u00e6\u00f8\u00e5 \u00e6\u00f8\u00e5\n");
  EXPECT_EQ(FitLines("  unbreakable\n", 4), "  unbreakable\n");
  EXPECT_EQ(FitLines("    a against b: +1.2 [+0.1; +2.3], p < 0.001\n", 24),
            "    a against b: +1.2\n"
            "        [+0.1; +2.3],\n"
            "        p < 0.001\n");
}

TEST(Text, SaysWhatAnIntervalCovers) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 500);
  Figure(sample, "indicator", "").low = 0.2;
  Figure(sample, "indicator", "").high = 4.2;
  const std::string unknown = SnapshotToText(sample.Inputs(), {.language = "en", .width = 300});
  EXPECT_THAT(unknown, HasSubstr("On uncertainty\n"));
  EXPECT_THAT(unknown, HasSubstr("Where everyone is invited there is no sample"));
  EXPECT_THAT(unknown, HasSubstr("representative only on: Industry, Employees, Business-hub area, "
                                 "Age of the enterprise."));
  EXPECT_THAT(unknown, Not(HasSubstr("half-width")));
  // 500 of 2,500 answered.
  sample.counters().channels[0].case_events = 1;
  sample.counters().dispositions[static_cast<std::size_t>(wave::Disposition::kInvited)] = 2000;
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.language = "en", .width = 300}),
              HasSubstr("At the response rate 20.0% the interval's half-width, 2.0, is what a "
                        "difference of 2.5 between those"));
  EXPECT_THAT(SnapshotToText(sample.Inputs()), HasSubstr("Om usikkerheden\n"));
}

TEST(Text, SortsFactorsAndBarriersByShare) {
  Sample sample(kPanel, 500);
  Set(sample, "factor_finance/positive_or_very_positive", "", 0.95, 4128);
  Set(sample, "factor_digital/positive_or_very_positive", "", 0.9, 4128);
  const std::string text = SnapshotToText(sample.Inputs());
  const std::size_t heading = text.find("Positivt eller meget positivt (factors)");
  ASSERT_NE(heading, std::string::npos);
  const std::size_t finance = text.find("\u00d8konomistyring", heading);
  const std::size_t digital = text.find("Digitalisering og IT", heading);
  const std::size_t management = text.find("Ledelse, strategi", heading);
  EXPECT_LT(finance, digital);
  EXPECT_LT(digital, management);
  EXPECT_THAT(text, HasSubstr("Fremgang"));
}

TEST(Text, AnAbsentFigureIsADashWithItsReason) {
  Sample sample(kPanel, 0);
  const estimate::Flag empty = {
      .kind = estimate::FlagKind::kEmptyCategory, .dimension = 1, .category = 3};
  for (auto& figure : sample.estimates().figures) figure.flags = {empty};
  const std::string text = Squeeze(SnapshotToText(sample.Inputs()));
  EXPECT_THAT(text, HasSubstr("\nProduktivitetsindikatoren\n \u2013 [1] N = 0\n"));
  EXPECT_THAT(text, HasSubstr("\nNoter\n [1] ingen svar endnu i Antal ansatte: 50-249 ansatte\n"));
  EXPECT_THAT(text, Not(HasSubstr("0,0")));
}

TEST(Text, ManyReasonsAreOneNoteWithTheFirstOfThem) {
  Sample sample(kPanel, 0);
  std::vector<estimate::Flag> industries;
  for (std::int32_t category = 0; category < 8; ++category) {
    industries.push_back(
        {.kind = estimate::FlagKind::kEmptyCategory, .dimension = 0, .category = category});
  }
  for (auto& figure : sample.estimates().figures) figure.flags = industries;
  const std::string text =
      Squeeze(SnapshotToText(sample.Inputs(), {.language = "en", .width = 1000}));
  EXPECT_THAT(text, HasSubstr("\nNotes\n [1] no respondents yet in Industry: Agriculture, forestry "
                              "and fishing; no respondents yet in "));
  EXPECT_THAT(text, HasSubstr("; and 5 more\n"));
  EXPECT_THAT(text, Not(HasSubstr("[2]")));
}

TEST(Text, OverNobodyNothingElseIsToBlame) {
  Sample sample(kPanel, 0);
  const std::string text = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(text, HasSubstr("\nProductivity indicator\n \u2013 [1] N = 0\n"));
  EXPECT_THAT(text, HasSubstr("\nNotes\n [1] cannot be estimated from these responses\n"));
  EXPECT_THAT(text, Not(HasSubstr("no respondents yet")));
}

TEST(Text, PlacesOfTheJointTableAreNamedByEveryCategory) {
  Sample sample(kPanel, 0);
  const estimate::Flag joint = {
      .kind = estimate::FlagKind::kInfeasible, .dimension = estimate::kJointCell, .category = 1};
  EXPECT_EQ(ExplainFlag(Language::kEnglish, sample.wave(), joint),
            "the weights cannot meet the total of Industry: Agriculture, forestry and fishing, "
            "Employees: None, Business-hub area: North Jutland, Age of the enterprise: 5-9 years");
}

TEST(Text, IntervalsStandBesideTheFigureWhenThereAreAny) {
  Sample sample(kPanel, 500);
  Set(sample, "indicator", "", 2.2, 4039);
  EXPECT_THAT(SnapshotToText(sample.Inputs()), Not(HasSubstr("[+1,1")));
  Figure(sample, "indicator", "").low = 1.1;
  Figure(sample, "indicator", "").high = 3.3;
  EXPECT_THAT(SnapshotToText(sample.Inputs()), HasSubstr("+2,2  [+1,1; +3,3]   N = 4.039"));
}

TEST(Text, SaysFirstThatItIsSimulated) {
  Sample sample(kPanel, 5);
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.simulated = true}),
              StartsWith("*** SIMULERET: ingen af tallene er virkelige svar ***\n"));
}

TEST(Text, KnowsNoSurveyByName) {
  Sample sample(kSatisfaction, 400);
  const std::string text = Squeeze(SnapshotToText(sample.Inputs(), {.language = "en"}));
  EXPECT_THAT(text, HasSubstr("\nSatisfaction index\n"));
  EXPECT_THAT(text, HasSubstr("Satisfaction index by: Season\n"));
  EXPECT_THAT(text, HasSubstr("Satisfaction index by: Channel\n"));
  EXPECT_THAT(text, HasSubstr("\nImprovements\n"));
}

}  // namespace
}  // namespace panelpuls::report
