#include "wire/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "wire/recording_sink.h"
#include "wire/sample_batches.h"
#include "wire/small_wave.h"
#include "wire/stream.h"

namespace panelpuls::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct FileReading {
  absl::Status status;
  std::vector<v1::Response> responses;
  std::vector<std::uint64_t> lines;  // of good and bad records
  std::vector<std::string> texts;
  std::vector<std::string> problems;  // "LINE field: reason"
};

FileReading ReadAll(std::string_view content, const FileOptions& options,
                    const wave::Wave& wave = SmallWave()) {
  FileReading reading;
  reading.status = ReadResponses(content, wave, options, [&](const FileRecord& record) {
    reading.lines.push_back(record.line);
    reading.texts.emplace_back(record.text);
    if (record.response != nullptr) {
      reading.responses.push_back(ToMessage(*record.response));
    } else {
      reading.problems.push_back(
          fmt::format("{} {}: {}", record.line, record.field, record.reason));
    }
    return true;
  });
  return reading;
}

FileOptions Csv() {
  FileOptions options;
  options.file_name = "r.csv";
  return options;
}

std::string ReadCase(const std::string& name) {
  std::ifstream file(std::string(PANELPULS_SOURCE_DIR) + "/tests/testdata/cases/05/" + name,
                     std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  EXPECT_GT(content.str().size(), 0u) << name;
  return content.str();
}

TEST(FileFormatOf, EndingTellsTheFormat) {
  EXPECT_EQ(*FormatOfFile("a/b.csv"), FileFormat::kCsv);
  EXPECT_EQ(*FormatOfFile("B.CSV"), FileFormat::kCsv);
  EXPECT_EQ(*FormatOfFile("b.ndjson"), FileFormat::kJsonLines);
  EXPECT_EQ(*FormatOfFile("b.jsonl"), FileFormat::kJsonLines);
  EXPECT_EQ(*FormatOfFile("b.json"), FileFormat::kJsonLines);
  EXPECT_EQ(*FormatOfFile("b.pb"), FileFormat::kDelimited);
  EXPECT_EQ(*FormatOfFile("b.binpb"), FileFormat::kDelimited);
  EXPECT_EQ(*FormatOfFile("b.delimited"), FileFormat::kDelimited);
  EXPECT_THAT(FormatOfFile("b.xlsx").status().ToString(), HasSubstr("b.xlsx"));
}

TEST(CsvResponses, EveryColumnReachesTheRecord) {
  const FileReading reading = ReadAll(
      "respondent_id,channel,revision,collected_at,status,base_weight,area,orders,barriers\n"
      "A,cati,2,2025-10-07T10:00:00Z,partial,1.5,fyn,up,\"money|\"\"time\"\"\"\n",
      Csv());
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  EXPECT_THAT(reading.problems, ElementsAre());
  ASSERT_EQ(reading.responses.size(), 1u);
  EXPECT_EQ(reading.responses[0].ShortDebugString(),
            "respondent_id: \"A\" channel: \"cati\" revision: 2 collected_at { seconds: 1759831200 "
            "} status: PARTIAL answers { question: \"orders\" options: \"up\" } answers { "
            "question: \"barriers\" options: \"money\" options: \"\\\"time\\\"\" } categories { "
            "dimension: \"area\" category: \"fyn\" } base_weight: 1.5");
}

TEST(CsvResponses, EmptyFieldsAreAbsent) {
  const FileReading reading = ReadAll(
      "respondent_id,revision,collected_at,status,base_weight,area,orders,barriers\nA,3,,,,,,\n",
      Csv());
  ASSERT_EQ(reading.responses.size(), 1u);
  EXPECT_EQ(reading.responses[0].ShortDebugString(),
            "respondent_id: \"A\" channel: \"eboks\" revision: 3");
}

// Below a table stand rows that were formatted, or numbered, and never filled.
TEST(CsvResponses, RowsOfNothingAreNone) {
  FileOptions options = Csv();
  FileOptions::EmptyRows empty;
  options.empty_rows = &empty;
  const FileReading reading = ReadAll(
      "respondent_id,area,orders\nA,fyn,up\n,,\nB,,\n \t, ,\xC2\xA0\n\"\",\"\",\"\"\nC,fyn,\n",
      options);
  EXPECT_THAT(reading.lines, ElementsAre(2, 7));
  EXPECT_EQ(empty.count, 4u);
  EXPECT_EQ(empty.first_line, 3u);
  // Numbers of rows are those of the file all the same: ids of pushed files stay what they were.
  options.codebook = *ParseCodebook("set respondent_id = row_number\n", "c.txt");
  const FileReading numbered = ReadAll("area,orders\nfyn,up\n,\nfyn,up\n", options);
  ASSERT_EQ(numbered.responses.size(), 2u);
  EXPECT_EQ(numbered.responses[1].respondent_id(), "r.csv:3");
}

TEST(CsvResponses, ChannelIsTheDefaultOnlyWithoutAColumn) {
  FileOptions options = Csv();
  options.default_channel = "cati";
  EXPECT_EQ(ReadAll("respondent_id,orders\nA,up\n", options).responses[0].channel(), "cati");
  EXPECT_EQ(ReadAll("respondent_id,channel,orders\nA,,up\n", options).responses[0].channel(), "");
}

TEST(CsvResponses, BadLineIsReportedAndTheReadingGoesOn) {
  const FileReading reading = ReadAll(
      "respondent_id,revision,collected_at,status,base_weight,orders\n"
      "A,1,2025-10-07T10:00:00Z,COMPLETE,1,up\n"
      "B,x,,,,up\n"
      "C,1,2025-10-07 10:00,,,up\n"
      "D,1,,done,,up\n"
      "\n"
      "E,1,,,\"1,5\",up\n"
      "F,1,,,1,5,up\n"
      "G,1,,TEST,2,up\n",
      Csv());
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  EXPECT_EQ(reading.responses.size(), 2u);
  EXPECT_THAT(reading.lines, ElementsAre(2, 3, 4, 5, 7, 8, 9));
  EXPECT_EQ(reading.texts[1], "B,x,,,,up");
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("3 revision: \"x\""), HasSubstr("4 collected_at: "),
                          HasSubstr("5 status: \"done\""), HasSubstr("7 base_weight: "),
                          HasSubstr("8 : has 7 fields where the header has 6")));
}

TEST(CsvResponses, VisitorMayStop) {
  int visits = 0;
  EXPECT_TRUE(ReadResponses("respondent_id,orders\nA,up\nB,up\n", SmallWave(), Csv(),
                            [&](const FileRecord&) { return ++visits < 1; })
                  .ok());
  EXPECT_EQ(visits, 1);
}

TEST(CsvResponses, HeaderThatCannotBeIsRefused) {
  const std::pair<const char*, const char*> kRows[] = {
      {"", "r.csv:1: the file is empty"},
      {"id,orders\nA,up\n",
       "r.csv:1: column \"respondent_id\" is missing; the file has: id, orders"},
      {"respondent_id,ordres\nA,up\n", "no column is a dimension or question of wave small; known"},
      {"respondent_id,orders,orders\nA,up,up\n", "two columns are named \"orders\""},
  };
  for (const auto& [content, message] : kRows) {
    const FileReading reading = ReadAll(content, Csv());
    EXPECT_EQ(reading.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(reading.status.ToString(), HasSubstr(message));
    EXPECT_TRUE(reading.lines.empty());
  }
}

TEST(CsvResponses, OtherColumnsAndQuestionsWithoutOneAreListed) {
  const auto notes =
      ReadResponseHeader("respondent_id,comment,orders,\nA,x,up,\n", SmallWave(), Csv());
  ASSERT_TRUE(notes.ok()) << notes.status();
  EXPECT_THAT(notes->ignored_columns, ElementsAre("comment", ""));
  EXPECT_THAT(notes->absent_questions, ElementsAre("barriers"));
  FileOptions options = Csv();
  options.codebook =
      *ParseCodebook("option barriers money = m\nconstant orders = up\nignore = x\n", "c.txt");
  const auto none = ReadResponseHeader("respondent_id,m,x,area\n", SmallWave(), options);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(none->ignored_columns, ElementsAre());
  EXPECT_THAT(none->absent_questions, ElementsAre());
}

TEST(CsvResponses, CodebookMapsColumnsAndValues) {
  const auto codebook = ParseCodebook(
      "\xEF\xBB\xBF# from the agency\r\n"
      "column respondent_id = CVR no.\n"
      "column orders = Q1\n"
      "value orders up = 1\n"
      "value orders not_up = 2 = \"less\"\n"
      "value channel cati = Telefon\n"
      "value status PARTIAL = halv\n"
      "value \"barriers\" no money = \" kr \"\n",
      "c.txt");
  ASSERT_TRUE(codebook.ok()) << codebook.status();
  FileOptions options = Csv();
  options.codebook = *codebook;
  const FileReading reading = ReadAll(
      "CVR no.,Q1,channel,status,barriers\n"
      "A,1,Telefon,halv, kr |time\n"
      "B,\"2 = \"\"less\"\"\",eboks,,\n"
      "C,3,eboks,,\n",
      options);
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  ASSERT_EQ(reading.responses.size(), 3u);
  EXPECT_EQ(reading.responses[0].channel(), "cati");
  EXPECT_EQ(reading.responses[0].status(), v1::Response::PARTIAL);
  EXPECT_EQ(reading.responses[0].answers(0).options(0), "up");
  EXPECT_THAT(reading.responses[0].answers(1).options(), ElementsAre("no money", "time"));
  EXPECT_EQ(reading.responses[1].answers(0).options(0), "not_up");
  EXPECT_EQ(reading.responses[2].answers(0).options(0), "3");  // the resolver tells what is known
}

TEST(CsvResponses, CodebookThatDoesNotFitIsRefused) {
  FileOptions options = Csv();
  options.codebook.columns["orders"] = "Q1";
  EXPECT_THAT(ReadAll("respondent_id,orders\n", options).status.ToString(),
              HasSubstr("column \"Q1\", which the codebook names for orders, is missing"));
  options = Csv();
  options.codebook.values["ordres"]["1"] = "up";
  EXPECT_THAT(ReadAll("respondent_id,orders\n", options).status.ToString(),
              HasSubstr("\"ordres\", which is no id here; known: respondent_id"));
}

TEST(ParseCodebook, BadRuleIsNamedByLine) {
  const std::pair<const char*, const char*> kRows[] = {
      {"\ncolumn a b", "c.txt:2: no '='"},
      {"column = b", "c.txt:1: not a rule"},
      {"column a b = c", "not a rule"},
      {"value a = c", "not a rule"},
      {"colum a = c", "not a rule"},
      {"column a =", "nothing behind '='"},
      {"column a = b\ncolumn a = c", "c.txt:2: a second column for a"},
      {"value a x = 1\nvalue a y = 1", "value \"1\" of a has two codes"},
      {"column a = S\xE6", "not UTF-8"},
  };
  for (const auto& [text, message] : kRows) {
    EXPECT_THAT(ParseCodebook(text, "c.txt").status().ToString(), HasSubstr(message)) << text;
  }
}

TEST(DanishExcel, PlainTwinIsRead) {
  const FileReading reading = ReadAll(ReadCase("responses_plain.csv"), Csv());
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  EXPECT_TRUE(reading.problems.empty());
  ASSERT_GE(reading.responses.size(), 3u);
  EXPECT_EQ(reading.responses[1].base_weight(), 2.25);
  EXPECT_EQ(reading.responses[0].categories(0).category(), "Sjælland");
}

TEST(DanishExcel, DeclaredFormatsGiveTheSameResponses) {
  const FileReading plain = ReadAll(ReadCase("responses_plain.csv"), Csv());
  const std::pair<const char*, const char*> kFiles[] = {
      {"responses_dk_utf8bom.csv", ""}, {"responses_dk_windows1252.csv", "windows-1252"}};
  for (const auto& [name, encoding] : kFiles) {
    FileOptions options = Csv();
    options.csv = *MakeCsvFormat({.separator = ";", .decimal_comma = true, .encoding = encoding});
    const FileReading danish = ReadAll(ReadCase(name), options);
    ASSERT_TRUE(danish.status.ok()) << danish.status;
    EXPECT_TRUE(danish.problems.empty());
    ASSERT_EQ(danish.responses.size(), plain.responses.size());
    for (std::size_t i = 0; i < plain.responses.size(); ++i) {
      EXPECT_EQ(danish.responses[i].DebugString(), plain.responses[i].DebugString());
    }
  }
}

TEST(DanishExcel, UndeclaredFormatsAreRefusedByLine) {
  for (const char* const name : {"responses_dk_utf8bom.csv", "responses_dk_windows1252.csv"}) {
    FileOptions options = Csv();
    options.file_name = name;
    const FileReading reading = ReadAll(ReadCase(name), options);
    EXPECT_EQ(reading.status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(reading.status.ToString(), HasSubstr(std::string(name) + ":"));
    EXPECT_TRUE(reading.lines.empty());
  }
  // The separator alone declared: the decimal comma is still ambiguous, line by line.
  FileOptions options = Csv();
  options.csv = *MakeCsvFormat({.separator = ";"});
  const FileReading reading = ReadAll(ReadCase("responses_dk_utf8bom.csv"), options);
  EXPECT_TRUE(reading.responses.empty());
  ASSERT_FALSE(reading.problems.empty());
  EXPECT_THAT(reading.problems[0], HasSubstr("2 base_weight: "));
}

TEST(JsonLines, GoodAndBadLines) {
  FileOptions options;
  options.format = FileFormat::kJsonLines;
  options.file_name = "r.jsonl";
  const FileReading reading = ReadAll(
      "\xEF\xBB\xBF{\"respondentId\":\"A\",\"channel\":\"cati\"}\r\n"
      "\r\n"
      "{\"respondentId\":7}\n"
      "{\"respondentId\":\"B\"\n"
      "{\"respondentId\":\"S\xE6\"}\n"
      "{\"respondentId\":\"C\"}",
      options);
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.responses.size(), 2u);
  EXPECT_EQ(reading.responses[0].channel(), "cati");
  EXPECT_EQ(reading.responses[1].respondent_id(), "C");
  EXPECT_EQ(reading.responses[1].channel(), "");
  EXPECT_THAT(reading.lines, ElementsAre(1, 3, 4, 5, 6));
  EXPECT_EQ(reading.texts[2], "{\"respondentId\":\"B\"");
  const auto nested = [](std::size_t depth) {
    return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(ReadAll(nested(50), options).problems.empty());
  EXPECT_EQ(ReadAll(nested(70), options).problems.size(), 1u);
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("3 respondent_id: is a number"), HasSubstr("4 : broken JSON"),
                          HasSubstr("5 : broken JSON")));
}

TEST(JsonLines, NumbersAndFieldsThatNobodyReads) {
  FileOptions options;
  options.format = FileFormat::kJsonLines;
  options.file_name = "r.jsonl";
  IgnoredFields ignored;
  options.ignored_fields = &ignored;
  const FileReading reading = ReadAll(
      "{\"respondentId\":\"A\",\"serial\":99999999999999999999}\n"
      "{\"respondentId\":\"B\",\"revision\":99999999999999999999}\n"
      "{\"respondentId\":\"C\",\"state\":\"partial\"}\n",
      options);
  ASSERT_TRUE(reading.status.ok());
  EXPECT_EQ(reading.responses.size(), 2u);
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("2 revision: '99999999999999999999' is beyond")));
  std::uint64_t count = 0;
  EXPECT_THAT(ignored.Take(&count), ElementsAre("serial", "state"));
  EXPECT_EQ(count, 2u);
}

TEST(Delimited, GoodAndBadMessages) {
  const v1::Response response = SmallBatch().responses(0);
  std::string content;
  AppendDelimited(response.SerializeAsString(), content);
  AppendDelimited("\x08\x01", content);
  AppendDelimited("", content);
  FileOptions options;
  options.format = FileFormat::kDelimited;
  options.file_name = "r.pb";
  options.default_channel = "cati";
  const FileReading reading = ReadAll(content, options);
  ASSERT_TRUE(reading.status.ok()) << reading.status;
  ASSERT_EQ(reading.responses.size(), 2u);
  EXPECT_EQ(reading.responses[1].channel(), "cati");
  EXPECT_THAT(reading.problems, ElementsAre(HasSubstr("2 respondent_id: has wire type 0")));
  EXPECT_EQ(reading.texts[0] + reading.texts[1] + reading.texts[2], content);
  const FileReading cut = ReadAll(content.substr(0, content.size() - 2), options);
  EXPECT_THAT(cut.status.ToString(), HasSubstr("r.pb: message 2 at byte"));
  EXPECT_EQ(cut.responses.size(), 1u);
}

TEST(HeaderLinesOf, AreTheFilesOwnBytesUpToTheFirstRow) {
  const std::pair<const char*, const char*> kRows[] = {
      {"\"a\",b\r\n1,2\r\n", "\"a\",b\r\n"},
      {"a,b", "a,b"},
      {"\xEF\xBB\xBF\n  \na,b\n1,2\n", "\xEF\xBB\xBF\n  \na,b\n"},
      {"a,\"b\nc\"\n1,2\n", "a,\"b\nc\"\n"},
  };
  for (const auto& [content, header] : kRows) {
    const auto lines = HeaderLines(content, Csv());
    ASSERT_TRUE(lines.ok()) << lines.status();
    EXPECT_EQ(*lines, header);
  }
  FileOptions options;
  options.format = FileFormat::kJsonLines;
  EXPECT_EQ(*HeaderLines("{}", options), "");
  EXPECT_FALSE(HeaderLines("", Csv()).ok());
}

TEST(CaseEvents, GoodAndBadLines) {
  std::vector<std::string> seen;
  const absl::Status status = ReadCaseEvents(
      "unit_id,disposition,at,event_id\n"
      "A,refusal,2025-10-07T10:00:00Z,e1\n"
      "B,invited,,\n"
      "C,invited,soon,\n"
      "D,invited\n",
      SmallWave(), Csv(), [&](const EventRecord& record) {
        seen.push_back(record.reason.empty()
                           ? ToMessage(record.event).ShortDebugString()
                           : fmt::format("{} {}: {}", record.line, record.field, record.reason));
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(seen, ElementsAre("unit_id: \"A\" channel: \"eboks\" at { seconds: 1759831200 } "
                                "disposition: \"refusal\" event_id: \"e1\"",
                                "unit_id: \"B\" channel: \"eboks\" disposition: \"invited\"",
                                HasSubstr("4 at: "), HasSubstr("5 : has 2 fields")));
  EXPECT_THAT(ReadCaseEvents("unit_id,at\n", SmallWave(), Csv(), nullptr).ToString(),
              HasSubstr("column \"disposition\" is missing"));
}

TEST(Frame, UnitsAreReadByCode) {
  const auto units =
      ReadFrame("unit_id,base_weight,channel,area,extra\nA,1.5,cati,fyn,x\nB,1,,\"Sjælland\",\n",
                WeightedWave(), Csv());
  ASSERT_TRUE(units.ok()) << units.status();
  ASSERT_EQ(units->size(), 2u);
  EXPECT_EQ((*units)[0].unit_id, "A");
  EXPECT_EQ((*units)[0].channel, 1);
  EXPECT_EQ((*units)[0].base_weight, 1.5);
  EXPECT_THAT((*units)[0].categories, ElementsAre(1));
  EXPECT_EQ((*units)[1].channel, 0);
  EXPECT_EQ((*units)[1].base_weight, 1);
  EXPECT_THAT((*units)[1].categories, ElementsAre(0));
}

TEST(Frame, AnyBadLineRefusesTheFrame) {
  const std::pair<const char*, const char*> kRows[] = {
      {"unit_id,base_weight\nA,1\n", "r.csv:1: column \"area\" is missing"},
      {"unit_id,area\nA,fyn\nB,Fyn\n",
       "r.csv:3: area: category \"Fyn\" is unknown; it looks like 'fyn' but for case; known: "
       "Sjælland, fyn"},
      {"unit_id,area\nA,\n", "r.csv:2: area: category \"\" is unknown"},
      {"unit_id,area\n,fyn\n", "r.csv:2: unit_id has 0 bytes"},
      {"unit_id,area\nA\n", "r.csv:2: has 1 fields"},
      {"unit_id,area,channel\nA,fyn,post\n", "channel \"post\" is unknown; known: eboks, cati"},
      {"unit_id,area,base_weight\nA,fyn,2\n", "not per unit"},
      {"unit_id,area\nA,fyn\nB,fyn\nB,fyn\nA,fyn\n",
       "r.csv:4: unit \"B\" stands in line 3 already"},
  };
  for (const auto& [content, message] : kRows) {
    EXPECT_THAT(ReadFrame(content, SmallWave(), Csv()).status().ToString(), HasSubstr(message));
  }
  for (const std::size_t bytes : {std::size_t{64}, std::size_t{65}}) {
    const std::string content = "unit_id,area\n" + std::string(bytes, 'x') + ",fyn\n";
    EXPECT_EQ(ReadFrame(content, SmallWave(), Csv()).ok(), bytes == 64) << bytes;
  }
}

TEST(Frame, WithWeightsPerUnitEachUnitHasItsOwn) {
  const std::pair<const char*, const char*> kRows[] = {
      {"unit_id,area\nA,fyn\n", "r.csv:1: column \"base_weight\" is missing"},
      {"unit_id,area,base_weight\nA,fyn,1\nB,fyn,\n", "r.csv:3: base_weight is missing"},
      {"unit_id,area,base_weight\nA,fyn,0\n", "r.csv:2: base_weight 0 is out of range"},
      {"unit_id,area,base_weight\nA,fyn,x\n", "r.csv:2: base_weight: "},
  };
  for (const auto& [content, message] : kRows) {
    EXPECT_THAT(ReadFrame(content, WeightedWave(), Csv()).status().ToString(), HasSubstr(message));
  }
  EXPECT_TRUE(ReadFrame("unit_id,area\nA,fyn\n", SmallWave(), Csv()).ok());
  EXPECT_TRUE(ReadFrame("unit_id,area,base_weight\nA,fyn,\n", SmallWave(), Csv()).ok());
}

TEST(CsvResponses, WithWeightsPerUnitAFileWithoutTheirColumnIsRefused) {
  EXPECT_THAT(ReadAll("respondent_id,orders\nA,up\n", Csv(), WeightedWave()).status.ToString(),
              HasSubstr("r.csv:1: column \"base_weight\" is missing"));
  EXPECT_TRUE(ReadAll("respondent_id,orders\nA,up\n", Csv()).status.ok());
  // The frame knows the weights.
  wave::Wave framed = WeightedWave();
  framed.has_frame = true;
  EXPECT_TRUE(ReadAll("respondent_id,orders\nA,up\n", Csv(), framed).status.ok());
}

}  // namespace
}  // namespace panelpuls::wire
