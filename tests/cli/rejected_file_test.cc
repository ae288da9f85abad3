#include "cli/rejected_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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
  file.Add(5, file.LinesOf(5, "3;ost"), "no such option");
  file.Add(3, file.LinesOf(3, "2;\"brød\r\nog\""), "too many");
  EXPECT_EQ(file.count(), 2u);
  ASSERT_TRUE(file.Write().ok());
  EXPECT_EQ(ReadText(file.path()),
            "id;text\r\n2;\"br\xf8"
            "d\r\nog\"\r\n3;ost\n");
  EXPECT_EQ(ReadText(scratch.File("answers.csv.rejected.reasons.txt")),
            scratch.File("answers.csv") + ":3: too many\n" + scratch.File("answers.csv") +
                ":5: no such option\n");
}

TEST(RejectedFile, NeverReplacesAnotherAndIsItsOwnersAlone) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string source = scratch.File("a.csv");
  WriteText(source + ".rejected.csv", "half mended");
  // The reasons of another run alone, too, and a link that leads nowhere.
  WriteText(source + ".rejected-2.reasons.txt", "reasons");
  ASSERT_EQ(symlink("nowhere", (source + ".rejected-3.csv").c_str()), 0);
  wire::FileOptions options;
  options.file_name = source;
  RejectedFile file(source, "id\n1\n", options);
  file.Add(2, file.LinesOf(2, "1"), "a\nb");
  const mode_t old = umask(0);
  const absl::Status written = file.Write();
  umask(old);
  ASSERT_TRUE(written.ok()) << written;
  EXPECT_EQ(ReadText(source + ".rejected.csv"), "half mended");
  EXPECT_EQ(ReadText(source + ".rejected-2.reasons.txt"), "reasons");
  EXPECT_EQ(ReadText(source + ".rejected-2.csv"), "");
  EXPECT_EQ(file.path(), source + ".rejected-4.csv");
  EXPECT_EQ(ReadText(file.path()), "id\n1\n");
  EXPECT_EQ(ReadText(file.reasons_path()), source + ":2: a\\x0Ab\n");
  for (const std::string& path : {file.path(), file.reasons_path()}) {
    struct stat info{};
    ASSERT_EQ(stat(path.c_str(), &info), 0) << path;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << path;
  }
}

TEST(RejectedFile, NothingIsWrittenWhenNothingWasRejected) {
  const panelpuls::testing::ScratchDirectory scratch;
  wire::FileOptions options;
  options.format = wire::FileFormat::kJsonLines;
  RejectedFile file(scratch.File("answers.jsonl"), "{}\n", options);
  EXPECT_TRUE(file.Write().ok());
  EXPECT_EQ(ReadText(scratch.File("answers.jsonl.rejected.jsonl")), "");
}

}  // namespace
}  // namespace panelpuls::cli
