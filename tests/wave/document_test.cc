// The definition that docs/DEFINITION.md shows piece by piece.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/file.h"
#include "testing/small_wave.h"

namespace panelpuls::wave {
namespace {

std::string BlocksOf(std::string_view document) {
  constexpr std::string_view kBegin = "```textproto\n";
  constexpr std::string_view kEnd = "```\n";
  std::string blocks;
  for (std::size_t at = document.find(kBegin); at != std::string_view::npos;
       at = document.find(kBegin, at)) {
    at += kBegin.size();
    const std::size_t end = document.find(kEnd, at);
    blocks += document.substr(at, end - at);
    at = end + kEnd.size();
  }
  return blocks;
}

TEST(DefinitionDocument, ItsBlocksTogetherAreTheWaveItSpeaksOf) {
  const auto document =
      ReadWholeFile(PosixFileSystem(), std::string(PANELPULS_SOURCE_DIR) + "/docs/DEFINITION.md");
  ASSERT_TRUE(document.ok()) << document.status();
  const auto wave = panelpuls::testing::WaveFromText(BlocksOf(*document));
  EXPECT_EQ(wave->id, "bakeries-2026");
  EXPECT_EQ(wave->cells, 9u);
  EXPECT_EQ(wave->questions.size(), 2u);
  EXPECT_EQ(wave->comparisons.size(), 1u);
  EXPECT_TRUE(wave->indicator.has_value());
}

}  // namespace
}  // namespace panelpuls::wave
