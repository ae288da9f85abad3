#include "server/http/deflate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "server/gzip_sample.h"

namespace panelpuls::server {
namespace {

using testing::GzipReader;

std::string Numbers(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    text += fmt::format("\"se\":{:.17g},", 1.0 / static_cast<double>(i));
  }
  return text;
}

std::string Noise(std::size_t bytes) {
  std::mt19937_64 random(1);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

// From nothing to more than the window, and what cannot be made smaller.
std::vector<std::string> Texts() {
  return {"",
          "x",
          std::string(100'000, 'a'),
          Numbers(3),
          Numbers(10'000),
          Noise(100),
          Noise(65'535),
          Noise(300'000)};
}

TEST(Deflate, BeginSegmentAndEndAreOneGzipBody) {
  for (const std::string& text : Texts()) {
    GzipReader reader;
    EXPECT_EQ(reader.Take(std::string(GzipBegin()) + DeflatedSegment(text) + GzipEnd(text)), text)
        << text.size();
    EXPECT_TRUE(reader.ended());
  }
  EXPECT_LT(DeflatedSegment(Numbers(10'000)).size(), Numbers(10'000).size() / 2);
}

TEST(Deflate, SegmentsInAnyOrderAreReadAsTheyCome) {
  const std::vector<std::string> texts = Texts();
  std::vector<std::string> segments;
  for (const std::string& text : texts) segments.push_back(DeflatedSegment(text));
  std::mt19937_64 random(2);
  GzipReader reader;
  EXPECT_EQ(reader.Take(GzipBegin()), "");
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::size_t number = random() % texts.size();
    if (random() % 2 == 0 && texts[number].size() <= 0xffff) {
      EXPECT_EQ(reader.Take(StoredSegment(texts[number])), texts[number]);
    } else {
      EXPECT_EQ(reader.Take(segments[number]), texts[number]);
    }
    all += texts[number];
  }
  EXPECT_FALSE(reader.ended());
  reader.Take(StoredSegment(all.substr(0, 10)));
  reader.Take(GzipEnd(all + all.substr(0, 10)));
  EXPECT_TRUE(reader.ended());
}

TEST(Deflate, WhatIsStoredStandsInTheStreamAsItIs) {
  EXPECT_NE(StoredSegment("event: snapshot\n").find("event: snapshot\n"), std::string::npos);
}

}  // namespace
}  // namespace panelpuls::server
