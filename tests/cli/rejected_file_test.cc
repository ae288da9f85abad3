#include "cli/rejected_file.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/program.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

TEST(RejectedFile, KeepsTheFilesOwnBytes) {
  const panelpuls::testing::ScratchDirectory scratch;
  // Windows code page, CRLF, and a record over two lines.
  const std::string content =
      "id;text\r\n1;sm\xf8r\r\n2;\"br\xf8"
      "d\r\nog\"\r\n3;ost";
  wire::FileOptions options;
  options.csv = {.separator = ';',
                 .decimal_comma = false,
                 .thousands_separator = 0,
                 .encoding = CsvFormat::kWindows1252};
  options.file_name = "answers.csv";
  RejectedFile file(scratch.File("answers.csv"), content, options);
  file.Add(5, "3;ost", "no such option");
  file.Add(3, "2;\"brød\r\nog\"", "too many");
  EXPECT_EQ(file.count(), 2u);
  ASSERT_TRUE(file.Write().ok());
  EXPECT_EQ(ReadText(file.path()),
            "id;text\r\n2;\"br\xf8"
            "d\r\nog\"\r\n3;ost\n");
  EXPECT_EQ(ReadText(scratch.File("answers.csv.rejected.reasons.txt")),
            scratch.File("answers.csv") + ":3: too many\n" + scratch.File("answers.csv") +
                ":5: no such option\n");
}

TEST(RejectedFile, NothingIsWrittenWhenNothingWasRejected) {
  const panelpuls::testing::ScratchDirectory scratch;
  wire::FileOptions options;
  options.format = wire::FileFormat::kJsonLines;
  RejectedFile file(scratch.File("answers.jsonl"), "{}\n", options);
  EXPECT_TRUE(file.Write().ok());
  EXPECT_EQ(file.path(), scratch.File("answers.jsonl.rejected.jsonl"));
  EXPECT_EQ(ReadText(file.path()), "");
}

}  // namespace
}  // namespace panelpuls::cli
