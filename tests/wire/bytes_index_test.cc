#include "wire/bytes_index.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

namespace panelpuls::wire {
namespace {

// Looks a string up where nothing may be read behind it.
std::uint32_t FindAlone(const BytesIndex& index, const std::string& text) {
  const std::vector<char> copy(text.begin(), text.end());
  return index.Find({copy.data(), copy.size()}, copy.size());
}

// Looks it up with other bytes behind it.
std::uint32_t FindAmong(const BytesIndex& index, const std::string& text) {
  const std::string longer = text + "other bytes behind it";
  return index.Find(std::string_view(longer).substr(0, text.size()), longer.size());
}

TEST(BytesIndex, FindsEachOfItsStringsAndNoOther) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {1u, 2u, 100u, 3000u}) {
    std::set<std::string> strings;
    while (strings.size() < count) {
      // Few letters, so that many strings share much.
      std::string text(1 + random() % 140, 'a');
      for (char& letter : text) letter = random() % 8 == 0 ? 'b' : 'a';
      strings.insert(text);
      text[random() % text.size()] ^= 3;
      if (strings.size() < count) strings.insert(text);
    }
    const std::vector<std::string> list(strings.begin(), strings.end());
    const BytesIndex index(list);
    for (std::uint32_t number = 0; number < list.size(); ++number) {
      std::string text = list[number];
      ASSERT_EQ(FindAlone(index, text), number) << text;
      ASSERT_EQ(FindAmong(index, text), number) << text;
      for (std::size_t place = 0; place < text.size(); ++place) {
        text[place] ^= 4;
        ASSERT_EQ(FindAlone(index, text), BytesIndex::kNotFound) << text;
        text[place] ^= 4;
      }
      text.pop_back();
      if (text.empty() || strings.contains(text)) continue;
      ASSERT_EQ(FindAmong(index, text), BytesIndex::kNotFound) << text;
    }
  }
}

TEST(BytesIndex, OfNothingFindsNothing) {
  const BytesIndex index;
  EXPECT_EQ(FindAlone(index, "a"), BytesIndex::kNotFound);
  EXPECT_EQ(FindAmong(index, std::string(100, 'a')), BytesIndex::kNotFound);
}

TEST(BytesIndex, LengthCountsWhereAllWordsAreEqual) {
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    std::vector<std::string> list;
    for (std::size_t size = 9; size <= 47; size += 2) list.emplace_back(size, letter);
    const BytesIndex index(list);
    for (std::size_t size = 8; size <= 48; ++size) {
      const std::uint32_t expected =
          size % 2 == 1 ? static_cast<std::uint32_t>((size - 9) / 2) : BytesIndex::kNotFound;
      ASSERT_EQ(FindAlone(index, std::string(size, letter)), expected) << letter << size;
    }
  }
}

TEST(BytesIndex, ZerosCount) {
  const std::vector<std::string> list = {std::string(1, '\0'), std::string(2, '\0'),
                                         std::string(9, '\0')};
  const BytesIndex index(list);
  for (std::uint32_t number = 0; number < list.size(); ++number) {
    EXPECT_EQ(FindAlone(index, list[number]), number);
  }
  EXPECT_EQ(FindAlone(index, std::string(3, '\0')), BytesIndex::kNotFound);
  EXPECT_EQ(FindAlone(index, std::string(10, '\0')), BytesIndex::kNotFound);
}

}  // namespace
}  // namespace panelpuls::wire
