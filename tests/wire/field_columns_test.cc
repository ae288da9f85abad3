// Fields of the wire under the names that a file's columns have.
#include "wire/field_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wire/small_wave.h"

namespace panelpuls::wire {
namespace {

FileOptions OptionsWith(std::string_view codebook) {
  FileOptions options;
  options.file_name = "r.csv";
  auto parsed = ParseCodebook(codebook, "book");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (parsed.ok()) options.codebook = *std::move(parsed);
  return options;
}

struct Row {
  const char* field;
  const char* column;
};

void Check(std::string_view content, const FileOptions& options, std::string_view text,
           const std::vector<Row>& rows) {
  const auto columns = FieldColumns::Make(content, SmallWave(), options);
  ASSERT_TRUE(columns.ok()) << columns.status();
  for (const Row& row : rows) EXPECT_EQ(columns->Of(text, row.field), row.column) << row.field;
}

TEST(FieldColumns, PathsLeadToTheColumnsOfTheRow) {
  const std::string header = "respondent_id,area,barriers,orders\n";
  Check(header, OptionsWith(""), "A,fyn,,up",
        {{"respondent_id", "respondent_id"},
         {"orders", "orders"},
         {"answers[0].options[0]", "orders"},  // barriers has no answer in this row
         {"answers[0].question", "orders"},
         {"answers[1].options", ""},
         {"categories[0].category", "area"},
         {"categories[1].category", ""},
         {"channel", ""},
         {"", ""},
         {"answers[", ""},
         {"answers[99999999999999999999].options[0]", ""},
         {"answers[-1]", ""},
         {"answers[0", ""}});
  Check(header, OptionsWith(""), "A,fyn,money|time,up",
        {{"answers[1].options[1]", "barriers"}, {"answers[0].options[0]", "orders"}});
  Check(header, OptionsWith(""), "A,,money,up", {{"categories", "area"}});
  Check(header, OptionsWith(""), "A,too,few",
        {{"answers[0].options[0]", ""}, {"orders", "orders"}});
}

TEST(FieldColumns, HaveTheNamesOfTheCodebook) {
  const FileOptions options = OptionsWith(
      "column respondent_id = \"Nr., 2025\"\ncolumn orders = Q7\nconstant area = fyn\n"
      "option barriers money = b1\noption barriers time = b2\nset last_line = # end\n");
  Check("\"Nr., 2025\",Q7,b1,b2\nA,up,1,0\n# end\n", options, "A,up,0,1",
        {{"respondent_id", "Nr., 2025"},
         {"orders", "Q7"},
         {"answers[0].options[0]", "Q7"},
         {"answers[1].options[0]", "b2"},
         {"answers[1].question", ""},
         {"barriers money", "b1"},
         {"barriers nothing", ""},
         {"categories[0].category", ""},  // constant: no column
         {"Q7", "Q7"}});
}

TEST(FieldColumns, ReadTextsAsTheyWereConverted) {
  FileOptions options = OptionsWith(
      "column orders = \"br\xc3\xb8"
      "d\"\n");
  options.csv.encoding = CsvFormat::kWindows1252;
  Check(
      "respondent_id,br\xf8"
      "d\n\xf8,up\n",
      options, "\xc3\xb8,up",
      {{"answers[0].options[0]",
        "br\xc3\xb8"
        "d"}});
}

TEST(FieldColumns, AreOfCsvAlone) {
  FileOptions options;
  options.format = FileFormat::kJsonLines;
  Check("{}\n", options, "{}", {{"answers[0].options[0]", ""}, {"respondent_id", ""}});
}

}  // namespace
}  // namespace panelpuls::wire
