// Exports for a spreadsheet that takes codes for dates and numbers, and what comes back from it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "base/csv.h"
#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

using ::testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kWave = R"(id: "classes"
fieldwork_start: "2026-10-01"
fieldwork_end: "2026-11-30"
time_zone: "Europe/Copenhagen"
channels { code: "eboks" }
max_respondents: 1000
dimensions {
  id: "1-2"
  categories { code: "0" population: 100 }
  categories { code: "1-9" population: 200 }
  categories { code: "10-49" population: 50 }
  categories { code: "0851" population: 10 }
}
questions { id: "revenue" options { code: "up" } options { code: "+5" } options { code: "Ærø" } }
questions { id: "share" options { code: "1-2" } options { code: "3.4" } options { code: "1e5" } }
questions {
  id: "why" kind: MULTIPLE options { code: "10:30" } options { code: "sand" } options { code: "x" }
}
tabulations { question: "revenue" by: "1-2" }
tabulations { question: "share" }
tabulations { question: "why" }
weighting { method: RAKE dimensions: "1-2" }
reporting { minimum_n_effective: 1 }
)";

constexpr const char* kResponses =
    "respondent_id,collected_at,1-2,revenue,share,why\n"
    "A,2026-10-05T10:00:00Z,0,up,1-2,10:30\n"
    "B,2026-10-25T00:30:00Z,1-9,+5,3.4,sand|x\n"
    "C,2026-10-25T23:30:00Z,10-49,Ærø,1e5,10:30|x\n"
    "D,2026-11-02T10:00:00Z,0851,up,3.4,sand\n"
    "E,2026-11-03T10:00:00Z,1-9,up,,\n";

Rows ReadRows(const std::string& text, bool formulas) {
  CsvFormat format;
  format.separator = ';';
  format.text_formulas = formulas;
  CsvReader reader(text, format, "r.csv");
  Rows rows;
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) rows.emplace_back(fields.begin(), fields.end());
  EXPECT_TRUE(reader.error().ok()) << reader.error();
  return rows;
}

// What Danish Excel writes of what it read: formulas as their text, dates day first, every row as
// wide as the widest.
std::string SavedByExcel(const std::string& text) {
  const Rows rows = ReadRows(text, true);
  const std::regex date("(\\d{4})-(\\d\\d)-(\\d\\d)");
  std::string saved;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < rows.front().size(); ++i) {
      const std::string field = i < row.size() ? row[i] : "";
      saved += (i == 0 ? "" : ";") + QuoteCsv(std::regex_replace(field, date, "$3-$2-$1"), ';');
    }
    saved += "\r\n";
  }
  return saved;
}

class Spreadsheet : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteText(wave_, kWave);
    WriteText(scratch_.File("r.csv"), kResponses);
    ServerProcess server({"--wave", wave_, "--data", data_});
    const Outcome pushed =
        RunPanelpuls({"push", "--wave", wave_, "--to", server.http(), scratch_.File("r.csv")});
    ASSERT_EQ(pushed.code, 0) << pushed.err;
  }
  std::string Export(const std::string& what, bool danish) {
    std::vector<std::string> arguments = {"export", what, "--data", data_};
    if (danish) arguments.push_back("--danish-excel");
    const Outcome outcome = RunPanelpuls(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  }
  std::string Figures(const std::string& csv, const std::string& codebook) {
    WriteText(scratch_.File("back.csv"), csv);
    WriteText(scratch_.File("back.codebook"), codebook);
    const Outcome outcome =
        RunPanelpuls({"estimate", "--wave", wave_, "--format", "csv", "--codebook",
                      scratch_.File("back.codebook"), scratch_.File("back.csv")});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }

  const panelpuls::testing::ScratchDirectory scratch_;
  const std::string wave_ = scratch_.File("wave.textproto");
  const std::string data_ = scratch_.File("data");
};

TEST_F(Spreadsheet, NoCodeOfAnExportForItIsADateOrANumber) {
  for (const char* what : {"responses", "figures", "comparisons", "rankings"}) {
    SCOPED_TRACE(what);
    const std::string text = Export(what, true);
    const Rows rows = ReadRows(text, false);
    const std::regex number("-?[0-9,]+(e[+-]?[0-9]+)?");
    for (std::size_t row = 0; row + 1 < rows.size(); ++row) {
      for (std::size_t i = 0; i < rows[row].size(); ++i) {
        const std::string& field = rows[row][i];
        const bool is_value =
            row > 0 && (rows[0][i] == "collected_on" || std::regex_match(field, number));
        EXPECT_TRUE(is_value || !ChangesInSpreadsheet(field) || field.starts_with("=\"")) << field;
      }
    }
  }
  const std::string responses = Export("responses", true);
  for (const char* code : {"1-9", "10-49", "0851", "1-2", "3.4", "1e5", "+5", "10:30", "sand"}) {
    EXPECT_THAT(responses, HasSubstr(fmt::format(";\"=\"\"{}\"\"\"", code))) << code;
  }
  EXPECT_THAT(Export("responses", false), HasSubstr(",1-9,+5,3.4,sand|x,1,"));
}

TEST_F(Spreadsheet, WhatItSavesIsReadBack) {
  const std::string expected = Figures(Export("responses", false), Export("codebook", false));
  const std::string danish = Export("responses", true);
  const std::string codebook = Export("codebook", true);
  EXPECT_EQ(Figures(danish, codebook), expected);
  const std::string saved = SavedByExcel(danish);
  EXPECT_THAT(saved, HasSubstr(";26-10-2026;COMPLETE;10-49;"));
  EXPECT_EQ(Figures(saved, codebook), expected);
  std::string latin = saved;
  for (std::size_t at; (at = latin.find("Ærø")) != std::string::npos;) {
    latin.replace(at, std::string("Ærø").size(), "\xC6r\xF8");
  }
  EXPECT_EQ(Figures(latin, codebook + "set encoding = windows-1252\n"), expected);
}

// What a spreadsheet made of unprotected codes cannot be told from others: it is refused by line.
TEST_F(Spreadsheet, WhatItMadeOfBareCodesIsRefused) {
  WriteText(scratch_.File("saved.csv"), "respondent_id;1-2;revenue\nA;01-sep;up\nB;okt-49;up\n");
  const Outcome outcome =
      RunPanelpuls({"estimate", "--wave", wave_, "--separator", ";", scratch_.File("saved.csv")});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("saved.csv:2: column \"1-2\": '01-sep' is no category"));
  EXPECT_THAT(outcome.err, HasSubstr("saved.csv:3: column \"1-2\": 'okt-49' is no category"));
}

}  // namespace
}  // namespace panelpuls::cli
