// What a codebook says of a file, and what it may not say.
#include "wire/codebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/files.h"
#include "wire/recording_sink.h"
#include "wire/small_wave.h"

namespace panelpuls::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "id channel status time area=.. orders=.. barriers=.. weight" of each record, or "LINE: reason".
std::vector<std::string> Read(const std::string& rules, const std::string& file,
                              absl::Status* status = nullptr) {
  FileOptions options;
  options.file_name = "dir/r.csv";
  const auto codebook = ParseCodebook(rules, "c.txt");
  EXPECT_TRUE(codebook.ok()) << codebook.status();
  if (!codebook.ok()) return {};
  options.codebook = *codebook;
  options.csv = *MakeCsvFormat(codebook->csv);
  std::vector<std::string> records;
  const absl::Status read =
      ReadResponses(file, SmallWave(), options, [&](const FileRecord& record) {
        records.push_back(record.response == nullptr
                              ? fmt::format("{} {}: {}", record.line, record.field, record.reason)
                              : ToMessage(*record.response).ShortDebugString());
        return true;
      });
  if (status != nullptr) {
    *status = read;
  } else {
    EXPECT_TRUE(read.ok()) << read;
  }
  return records;
}

TEST(CodebookRules, RangesTurnNumbersIntoCodes) {
  const std::string rules =
      "set separator = ;\nset decimal_comma = yes\nset respondent_id = row_number\n"
      "column orders = growth\nrange orders not_up = ..0\nrange orders up = 0,5..\n";
  EXPECT_THAT(ParseCodebook(rules, "c.txt").status().ToString(), HasSubstr("c.txt:6"));
  const std::string mended =
      "set separator = ;\nset decimal_comma = yes\n"
      "set respondent_id = row_number\ncolumn orders = growth\n"
      "range orders not_up = ..0\nrange orders up = 0.5..\n"
      "missing orders = 99\n";
  EXPECT_THAT(
      Read(mended, "\xEF\xBB\xBFgrowth;x\r\n-1,5;a\r\n0,5;b\r\n0,25;c\r\n99;d\r\nmany;e\r\n"),
      ElementsAre(HasSubstr("options: \"not_up\""), HasSubstr("options: \"up\""),
                  HasSubstr("4 orders: 0,25 is in no range"),
                  "respondent_id: \"r.csv:4\" channel: \"eboks\"", HasSubstr("6 orders: ")));
}

TEST(CodebookRules, AnUpperNumberIsNotInItsRange) {
  const std::string rules =
      "column orders = x\nrange orders not_up = ..10\nrange orders up = 10..20\n";
  EXPECT_THAT(Read(rules, "respondent_id,x\nA,9.999\nB,10\nC,20\n"),
              ElementsAre(HasSubstr("\"not_up\""), HasSubstr("\"up\""), HasSubstr("in no range")));
}

TEST(CodebookRules, AColumnForEachOptionBecomesOneAnswer) {
  const std::string rules =
      "option barriers money = b1\noption barriers time = b2\nmissing barriers = 9\n";
  EXPECT_THAT(
      Read(rules, "respondent_id,b1,b2\nA,1,1\nB,0,1\nC,0,0\nD,,\nE,9,9\nF,2,0\n"),
      ElementsAre(HasSubstr("options: \"money\" options: \"time\""),
                  HasSubstr("{ question: \"barriers\" options: \"time\" }"),
                  "respondent_id: \"C\" channel: \"eboks\"",
                  "respondent_id: \"D\" channel: \"eboks\"",
                  "respondent_id: \"E\" channel: \"eboks\"",
                  HasSubstr("7 barriers money: \"2\" for option money is neither \"1\" (chosen)")));
  EXPECT_THAT(
      Read(rules + "none barriers = time\nchosen barriers = ja\nnot_chosen barriers = nej\n",
           "respondent_id,b1,b2\nA,ja,nej\nB,nej,nej\n"),
      ElementsAre(HasSubstr("\"money\""), HasSubstr("\"time\"")));
}

TEST(CodebookRules, ConstantsAndIgnoredColumns) {
  EXPECT_THAT(Read("constant channel = cati\nconstant area = fyn\nconstant status = partial\n"
                   "ignore = status\n",
                   "respondent_id,status,orders\nA,employed,up\n"),
              ElementsAre("respondent_id: \"A\" channel: \"cati\" status: PARTIAL answers { "
                          "question: \"orders\" options: \"up\" } categories { dimension: \"area\" "
                          "category: \"fyn\" }"));
}

TEST(CodebookRules, TimesAreReadAsDeclaredInTheWavesZone) {
  EXPECT_THAT(Read("set time_format = %d-%m-%Y %H:%M\n",
                   "respondent_id,collected_at,orders\nA,07-10-2025 12:00,up\nB,2025-10-07,up\n"),
              ElementsAre(HasSubstr("collected_at { seconds: 1759838400 }"),
                          HasSubstr("\"2025-10-07\" is not a time of the form")));
}

TEST(CodebookRules, AFileWithoutItsLastLineIsRefused) {
  const std::string rules = "set last_line = # complete\n";
  const std::string rows = "respondent_id,orders\nA,up\n";
  EXPECT_THAT(Read(rules, rows + "# complete: 1 rows, version 7\n"),
              ElementsAre(HasSubstr("\"A\"")));
  EXPECT_THAT(Read(rules, rows + "# complete: 1 rows, version 7\r\n\r\n"),
              ElementsAre(HasSubstr("\"A\"")));
  absl::Status status;
  EXPECT_THAT(Read(rules, rows, &status), ElementsAre());
  EXPECT_THAT(status.ToString(), HasSubstr("dir/r.csv: the last line does not begin with"));
}

TEST(CodebookThatDoesNotFitTheWave, IsNamedByItsLine) {
  const std::pair<const char*, const char*> kRows[] = {
      {"\nvalue orders many = 1", "c.txt:2: \"many\" is no code of orders; known: up, not_up"},
      {"value channel post = 1", "c.txt:1: \"post\" is no code of channel"},
      {"value status DONE = 1", "c.txt:1: status \"DONE\" is unknown"},
      {"range orders more = 1..2", "c.txt:1: \"more\" is no code of orders"},
      {"constant area jylland = 1", "not a rule"},
      {"constant area = jylland", "c.txt:1: \"jylland\" is no code of area"},
      {"constant base_weight = 1", "c.txt:1: base_weight takes no codes"},
      {"column ordres = q", "c.txt:1: the codebook has a rule for \"ordres\", which is no id"},
      {"option orders up = x", "c.txt:1: orders is no multiple-choice question"},
      {"option barriers money = x\ncolumn barriers = x", "line 2 and one for each option"},
      {"none barriers = money", "barriers has no \"option barriers"},
      {"option barriers money = x\nnone barriers = all", "c.txt:2: \"all\" is no code of barriers"},
      {"option barriers money = x\noption barriers money = y", "c.txt:2: option money"},
      {"range orders up = 1..5\nrange orders not_up = 4..",
       "c.txt:2: the range 4.. of orders "
       "overlaps the one in line 1"},
      {"range orders up = 5..1", "c.txt:1: the range 5..1 is empty"},
      {"range orders up = 5", "c.txt:1: \"5\" is no range"},
      {"set colour = red", "c.txt:1: there is no setting \"colour\""},
      {"set respondent_id = cvr", "c.txt:1: respondent_id can only be set to row_number"},
      {"value area fyn = 5", "there are rules for the values of area, but the file has no such"},
      {"constant orders = up", "orders is constant here, but the file has a column for it"},
      {"ignore = q9", "column \"q9\", which the codebook ignores, is missing"},
  };
  for (const auto& [rules, message] : kRows) {
    const auto codebook = ParseCodebook(rules, "c.txt");
    absl::Status status = codebook.status();
    if (codebook.ok()) Read(rules, "respondent_id,orders,x,status,channel\n", &status);
    EXPECT_THAT(status.ToString(), HasSubstr(message)) << rules;
  }
}

// One codebook serves the responses and the events of a wave.
TEST(CodebookRules, RulesOfOtherFilesAreNotInTheWay) {
  FileOptions options;
  options.codebook = *ParseCodebook("column orders = q1\nvalue orders up = 1\n", "c.txt");
  int events = 0;
  const absl::Status status = ReadCaseEvents("unit_id,disposition\nA,invited\n", SmallWave(),
                                             options, [&](const EventRecord&) {
                                               ++events;
                                               return true;
                                             });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(events, 1);
}

// A codebook of others is shown as it is, not obeyed.
TEST(CodebookRules, MessagesAreOnOneLine) {
  const std::string text = "\x1B[2J\u202E" + std::string(5000, 'x');
  for (const std::string& rules :
       {"value orders up = " + text + "\nvalue orders not_up = " + text + "\n",
        "range orders up = " + text + "\n", "set " + text + " = 1\n",
        "column " + text + " = a\ncolumn " + text + " = b\n",
        "option barriers " + text + " = a\noption barriers " + text + " = b\n"}) {
    const absl::Status status = ParseCodebook(rules, "c.txt").status();
    const std::string message(ToStd(status.message()));
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(message.find('\x1B'), std::string::npos) << message;
    EXPECT_EQ(message.find("\u202E"), std::string::npos) << message;
    EXPECT_LT(message.size(), 1100u);
  }
}

}  // namespace
}  // namespace panelpuls::wire
