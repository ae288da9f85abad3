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
                  "respondent_id: \"C\" channel: \"eboks\"",  // D says nothing
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

TEST(CodebookRules, TimesWithAnOffsetAndOfSeveralForms) {
  const std::string rules = "set time_format = %d-%m-%Y %H:%M\nset time_format = %Y-%m-%d\n";
  EXPECT_THAT(Read(rules,
                   "respondent_id,collected_at,orders\nA,07-10-2025 12:00,up\nB,2025-10-07,up\n"
                   "C,2025-10-07T12:00:00+0200,up\nD,7 Oct,up\n"),
              ElementsAre(HasSubstr("seconds: 1759838400"), HasSubstr("seconds: 1759795200"),
                          HasSubstr("seconds: 1759831200"), HasSubstr("5 collected_at: ")));
  // Two forms of one look, and a time that is another one under each.
  EXPECT_THAT(
      Read("set time_format = %d/%m/%Y\nset time_format = %m/%d/%Y\n",
           "respondent_id,collected_at,orders\nA,03/04/2026,up\nB,04/04/2026,up\n"),
      ElementsAre(HasSubstr("2 collected_at: \"03/04/2026\" is 2026-04-03T00:00:00+00:00 by "
                            "the form \"%d/%m/%Y\" and 2026-03-04"),
                  HasSubstr("collected_at {")));
}

wave::Wave InCopenhagen() {
  wave::Wave wave = SmallWave();
  wave.time_zone = *TimeZone::Load("Europe/Copenhagen");
  return wave;
}

// Of responses and of events alike.
TEST(CodebookRules, ALocalTimeThatComesTwiceOrNeverIsReadAsTheCodebookSays) {
  const wave::Wave wave = InCopenhagen();
  struct Row {
    const char* rule;
    const char* twice;
    const char* never;
  };
  for (const auto& [rule, twice, never] :
       {Row{"", "it may be 2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00",
            "it may be 2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00"},
        Row{"set local_time = refuse\n", "comes twice", "never comes"},
        Row{"set local_time = first\n", "1761438600000000", "1774744200000000"},
        Row{"set local_time = last\n", "1761442200000000", "1774747800000000"}}) {
    SCOPED_TRACE(rule);
    FileOptions options;
    options.codebook =
        *ParseCodebook(std::string("set time_format = %d-%m-%Y %H:%M\n") + rule, "c.txt");
    std::vector<std::string> seen;
    EXPECT_TRUE(ReadResponses("respondent_id,collected_at,orders\nA,26-10-2025 02:30,up\n"
                              "B,29-03-2026 02:30,up\n",
                              wave, options,
                              [&](const FileRecord& record) {
                                seen.push_back(record.response == nullptr
                                                   ? record.reason
                                                   : std::to_string(record.response->collected_at));
                                return true;
                              })
                    .ok());
    EXPECT_TRUE(ReadCaseEvents("unit_id,disposition,at\nA,refusal,26-10-2025 02:30\n"
                               "B,refusal,29-03-2026 02:30\n",
                               wave, options,
                               [&](const EventRecord& record) {
                                 seen.push_back(record.reason.empty()
                                                    ? std::to_string(record.event.at)
                                                    : record.reason);
                                 return true;
                               })
                    .ok());
    EXPECT_THAT(
        seen, ElementsAre(HasSubstr(twice), HasSubstr(never), HasSubstr(twice), HasSubstr(never)));
  }
}

TEST(CodebookRules, SeveralChoicesInOneCell) {
  const auto both = HasSubstr("options: \"money\" options: \"time\"");
  for (const auto& [separator, cell] : {std::pair("comma", "\"money, time\""),
                                        {",", "\"money,time\""},
                                        {";", "money;time;"},
                                        {"semicolon", " money ; ;time"},
                                        {"line_feed", "\"money\r\ntime\""},
                                        {" / ", "money / time"},
                                        {"tab", "money\ttime"}}) {
    SCOPED_TRACE(separator);
    EXPECT_THAT(Read(fmt::format("separated barriers = {}\n", separator),
                     fmt::format("respondent_id,barriers\nA,{}\n", cell)),
                ElementsAre(both));
  }
  // Values may hold the separator; the longest counts.
  EXPECT_THAT(Read("separated barriers = comma\nvalue barriers money = Want of money, time\n"
                   "value barriers time = time\nmissing barriers = none\n",
                   "respondent_id,barriers\nA,\"Want of money, time, time\"\nB,\"none, time\"\n"
                   "C,\"Want of money\"\n"),
              ElementsAre(both, HasSubstr("{ question: \"barriers\" options: \"time\" }"),
                          HasSubstr("options: \"Want of money\"")));
  EXPECT_THAT(Read("separated barriers = ,\n", "respondent_id,barriers\nA,\", ,\"\nB,time\n"),
              ElementsAre("respondent_id: \"A\" channel: \"eboks\"", HasSubstr("\"time\"")));
}

TEST(CodebookRules, StatusAndChannelByValueAndByRange) {
  EXPECT_THAT(Read("column status = progress\nvalue status WITHDRAWN = gone\n"
                   "range status PARTIAL = 1..100\nrange status COMPLETE = 100..\n"
                   "range channel cati = 5..\nrange channel eboks = ..5\nmissing revision = -\n",
                   "respondent_id,progress,channel,revision,orders\nA,99,1,-,up\nB,100,7,2,up\n"
                   "C,gone,7,,up\nD,,7,,up\nE,0,7,,up\nF,all,7,,up\n"),
              ElementsAre(HasSubstr("channel: \"eboks\" status: PARTIAL"),
                          HasSubstr("channel: \"cati\" revision: 2 answers"),
                          HasSubstr("status: WITHDRAWN"), HasSubstr("channel: \"cati\" answers"),
                          HasSubstr("6 status: 0 is in no range"), HasSubstr("7 status: ")));
}

TEST(CodebookRules, EventsHaveConstantsRangesAndMissingValuesToo) {
  FileOptions options;
  options.codebook = *ParseCodebook(
      "constant channel = cati\ncolumn disposition = code\nrange disposition refusal = 10..20\n"
      "value disposition non_contact = 3\nmissing at = never\nmissing event_id = 0\n",
      "c.txt");
  std::vector<std::string> events;
  const absl::Status status = ReadCaseEvents(
      "unit_id,code,at,event_id\nA,12,never,0\n,,,\nB,3,2025-10-07T10:00:00Z,7\nC,99,,\n",
      SmallWave(), options, [&](const EventRecord& record) {
        events.push_back(record.reason.empty() ? ToMessage(record.event).ShortDebugString()
                                               : record.field + ": " + record.reason);
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(events, ElementsAre("unit_id: \"A\" channel: \"cati\" disposition: \"refusal\"",
                                  HasSubstr("disposition: \"non_contact\" event_id: \"7\""),
                                  HasSubstr("disposition: 99 is in no range")));
}

TEST(CodebookRules, AFrameHasConstantsToo) {
  FileOptions options;
  options.codebook = *ParseCodebook("constant area = fyn\nconstant channel = cati\n", "c.txt");
  const auto units = ReadFrame("unit_id\nA\n", SmallWave(), options);
  ASSERT_TRUE(units.ok()) << units.status();
  EXPECT_EQ(units->front().channel, 1);
  EXPECT_THAT(units->front().categories, ElementsAre(1));
}

// Nobody would have answered the question, and nothing would have been said.
TEST(Header, AColumnThatIsNearlyOneIsRefused) {
  const std::pair<const char*, const char*> kRows[] = {
      {"orders\u00A0",
       "column \"orders\\u{00A0}\" is none of the wave's; it looks like 'orders' but "
       "has U+00A0 (no-break space); name it so, or say in a codebook"},
      {"Orders", "it looks like 'orders' but for case"},
      {" orders", "it looks like 'orders' but for blanks"},
      {"\u043Erders", "it looks like 'orders' but has U+043E (Cyrillic)"},
      {"Collected_At", "it looks like 'collected_at' but for case"},
  };
  for (const auto& [column, message] : kRows) {
    SCOPED_TRACE(column);
    absl::Status status;
    Read("", fmt::format("respondent_id,barriers,{}\nA,money,\n", column), &status);
    EXPECT_THAT(status.ToString(), HasSubstr("dir/r.csv:1: "));
    EXPECT_THAT(status.ToString(), HasSubstr(message));
  }
  // A codebook says what it is; beside the column itself it is another one.
  Read("column orders = Orders\n", "respondent_id,Orders\nA,up\n");
  Read("ignore = Orders\n", "respondent_id,barriers,Orders\nA,money,x\n");
  Read("", "respondent_id,orders,Orders\nA,up,x\n");
  absl::Status status;
  Read("column orders = Q1\n", "respondent_id,Q1\u00A0\nA,up\n", &status);
  EXPECT_THAT(status.ToString(),
              HasSubstr("is missing; it looks like 'Q1\\u{00A0}', which has U+00A0"));
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
      {"value orders UP = 1",
       "\"UP\" is no code of orders; it looks like 'up' but for case; known"},
      {"set quoting = yes", "c.txt:1: quoting is double or none"},
      {"set text_formulas = on", "c.txt:1: text_formulas is yes or no"},
      {"set local_time = later", "c.txt:1: local_time is first, last or refuse"},
      // Rules that can have no effect.
      {"set local_time = first", "c.txt:1: local_time has no effect without"},
      {"set respondent_id = row_number\ncolumn respondent_id = x",
       "c.txt:2: the column has no effect"},
      {"column orders = x\nignore = x",
       "c.txt:2: column \"x\" is ignored, and it is that of orders"},
      {"option barriers money = x\nignore = x", "c.txt:2: column \"x\" is ignored"},
      {"option barriers money = x\nvalue barriers time = 1",
       "c.txt:2: barriers has a column for each option"},
      {"option barriers money = x\nrange barriers time = 1..2",
       "c.txt:2: barriers has a column for each option"},
      {"option barriers money = x\nseparated barriers = ,",
       "c.txt:2: barriers has a column for each option"},
      {"separated orders = ,", "c.txt:1: orders is no multiple-choice question"},
      {"separated ordres = ,", "c.txt:1: the codebook has a rule for \"ordres\""},
      {"separated barriers = ,", "there are rules for the values of barriers, but the file has no"},
      {"set time_format = ISO", "c.txt:1: time_format is a form such as"},
      // A separator that would part an option's own code.
      {"column barriers = x\nseparated barriers = e",
       "c.txt:2: option \"money\" of barriers has the separator in its code"},
      {"missing respondent_id = 0", "c.txt:1: respondent_id is never missing"},
      {"missing unit_id = 0", "c.txt:1: unit_id is never missing"},
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
