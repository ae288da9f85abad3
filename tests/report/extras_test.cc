// What a definition asks for beyond means and shares, in text, JSON and CSV.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "report/snapshot.h"
#include "sample.h"
#include "testing/small_wave.h"

namespace panelpuls::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const wave::Wave> ExtraWave() {
  return testing::WaveFromText(R"pb(
    id: "extras"
    fieldwork_start: "2025-09-01"
    fieldwork_end: "2025-10-31"
    channels { code: "eboks" }
    max_respondents: 10000
    dimensions {
      id: "size"
      label { da: "Størrelse" en: "Size" }
      categories {
        code: "small"
        label { da: "Små" en: "Small" }
        population: 7000
      }
      categories {
        code: "large"
        label { da: "Store" en: "Large" }
        population: 3000
      }
    }
    dimensions {
      id: "area"
      label { da: "Område" en: "Area" }
      categories {
        code: "north"
        label { da: "Nord" en: "North" }
        population: 6000
      }
      categories {
        code: "south"
        label { da: "Syd" en: "South" }
        population: 4000
      }
      categories {
        code: "sea"
        label { da: "Hav" en: "Sea" }
        population: 0
      }
    }
    questions {
      id: "sales"
      label { da: "Salg" en: "Sales" }
      options {
        code: "up"
        label { da: "Op" en: "Up" }
      }
      options {
        code: "same"
        label { da: "Ens" en: "Same" }
      }
      options {
        code: "down"
        label { da: "Ned" en: "Down" }
      }
    }
    indicator {
      label { da: "Pilen" en: "The arrow" }
      questions: "sales"
      groups {
        id: "more"
        label { da: "Mere" en: "More" }
        score: 100
        combinations { options: "up" }
      }
      groups {
        id: "even"
        score: 0
        combinations { options: "same" }
      }
      groups {
        id: "less"
        score: -100
        combinations { options: "down" }
      }
    }
    tabulations {
      by: "size&area"
      by: "size"
      group_shares: true
      totals: true
      ratio: true
      against_others: true
    }
    tabulations { question: "sales" totals: true }
    reporting { minimum_n_effective: 1 }
  )pb");
}

TEST(Extras, AreInTheTextInBothLanguages) {
  Sample sample(ExtraWave(), 600);
  struct Row {
    const char* language;
    std::vector<std::string> said;
  };
  for (const Row& row :
       {Row{"en",
            {"Increases to one decline: ", "The arrow by: Size, Area", "Small, North",
             "Increases to one decline by: Size\n", "The arrow, Share by: Size\n", "Small: More",
             "The arrow, Number in the population by: Size, Area", "Small, North: More",
             "Sales, Number in the population\n",
             "Different from the others at the 5% level (Holm): "}},
        Row{"da",
            {"Fremgange for hver tilbagegang: ",
             "Pilen fordelt p\u00e5: St\u00f8rrelse, Omr\u00e5de", "Sm\u00e5, Nord",
             "Sm\u00e5: Mere", "Antal i populationen"}}}) {
    const std::string text = SnapshotToText(sample.Inputs(), {.language = row.language});
    for (const std::string& said : row.said) EXPECT_THAT(text, HasSubstr(said)) << text;
    // Nobody of the population is there.
    EXPECT_THAT(text, Not(HasSubstr("Sea")));
    EXPECT_THAT(text, Not(HasSubstr("Hav\n")));
  }
}

TEST(Extras, AreFiguresAndComparisonsOfTheSnapshot) {
  Sample sample(ExtraWave(), 600);
  const std::string json(SnapshotToJson(sample.Inputs()).estimates());
  for (
      const char* part :
      {R"("statistic":"ratio","of":"indicator","domain":"size=small&area=north","against":"")",
       R"("statistic":"total","of":"indicator/more","domain":"","against":"")",
       R"("statistic":"share","of":"indicator/more","domain":"size=small","against":"")",
       R"("statistic":"total","of":"sales/up","domain":"","against":"")",
       R"("family":"indicator by size against others","of":"indicator","a":"size=small","b":"!size=small")",
       R"("family":"shares of indicator by size&area against others")"}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
  const std::string csv = ComparisonsToCsv(sample.Inputs());
  EXPECT_THAT(csv, HasSubstr("\nindicator by size&area against others,size&area,indicator,"
                             "size=small&area=north,!size=small&area=north,"));
  EXPECT_THAT(csv, HasSubstr("\nindicator by size&area,size&area,indicator,"
                             "size=small&area=north,size=small&area=south,"));
  EXPECT_THAT(FiguresToCsv(sample.Inputs()),
              HasSubstr("\nratio,indicator,size=small&area=north,,"));
}

// A wave that asks for none of it has none.
TEST(Extras, AreNotThereUnasked) {
  Sample sample(kPanel, 300);
  const std::string json(SnapshotToJson(sample.Inputs()).estimates());
  for (const char* part : {"\"ratio\"", "\"total\"", "against others", "&"}) {
    EXPECT_THAT(json, Not(HasSubstr(part)));
  }
  EXPECT_THAT(SnapshotToText(sample.Inputs(), {.language = "en"}),
              Not(HasSubstr("to one decline")));
}

}  // namespace
}  // namespace panelpuls::report
