#include "identity/pseudonym.h"
#include "base/limits.h"

#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <set>

namespace panelpuls::identity {
namespace {

DirectoryKey TestKey(unsigned first = 0) {
  std::array<std::byte, 32> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(first + i);
  return DirectoryKey::FromBytes(bytes);
}

// Values of other implementations, with k = hmac.new(bytes(range(32)), LABEL, hashlib.sha256) of
// Python: long ids hmac.new(k, id, hashlib.sha256).hexdigest()[:32]; short ids 'openssl enc
// -aes-256-ecb -nopad -K k' over the length byte, the id and zeros.
struct KnownRow {
  const char* name;
  std::string_view id;
  std::string_view hex;
};
void PrintTo(const KnownRow& row, std::ostream* out) { *out << row.name; }

class KnownPseudonym : public ::testing::TestWithParam<KnownRow> {};

TEST_P(KnownPseudonym, EqualsTheOtherImplementation) {
  Pseudonymizer pseudonymizer(TestKey());
  EXPECT_EQ(ToHex(pseudonymizer.Make(GetParam().id)), GetParam().hex);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KnownPseudonym,
    ::testing::Values(
        KnownRow{"OneByte", "7", "34f63330945558c29f23ef56f80e7b20"},
        KnownRow{"RegisterNumber", "41187398", "c160bc42a9fde6ebf75c579c65b0b4fc"},
        KnownRow{"NotAscii", "blåbær", "35b2c7461f7d2d4f0ead5091760c4d63"},
        KnownRow{"LongestShort", "abcdefghijklmno", "79618b960dcd0f9973fea56a88d0c97b"},
        KnownRow{"ShortestLong", "abcdefghijklmnop", "f07a29e47e1b00731ca8599fab174cfe"},
        KnownRow{"Of63Bytes", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                 "19f7c95fc4f3146556f7f36f157293d2"},
        KnownRow{"LongestLong", "respondent-0123456789-0123456789-0123456789-0123456789-012345678",
                 "268fdd93b10ff0643e059fccfc26011b"}),
    [](const auto& info) { return info.param.name; });

TEST(Pseudonym, HighIsTheFirstEightBytesMostSignificantFirst) {
  const Pseudonym pseudonym = Pseudonymizer(TestKey()).Make("7");
  EXPECT_EQ(pseudonym.high, 0x34f63330945558c2u);
  EXPECT_EQ(pseudonym.low, 0x9f23ef56f80e7b20u);
  EXPECT_EQ(ToHex({.high = 1, .low = 0xab}), "000000000000000100000000000000ab");
}

TEST(Pseudonym, ManyAtOnceEqualsOneByOne) {
  std::mt19937_64 random(7);
  std::vector<std::string> texts;
  // More than one call of the cipher takes, short and long mixed, every length.
  for (std::size_t i = 0; i < 3000; ++i) {
    std::string text(i % kMaxIdBytes + 1, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    texts.push_back(std::move(text));
  }
  const std::vector<std::string_view> ids(texts.begin(), texts.end());
  Pseudonymizer pseudonymizer(TestKey());
  for (const std::size_t count : {0u, 1u, 2u, 1023u, 1024u, 1025u, 3000u}) {
    std::vector<Pseudonym> many(count);
    pseudonymizer.Add("forgotten");
    pseudonymizer.Add("forgotten, and too long for a block");
    pseudonymizer.Forget();
    for (std::size_t i = 0; i < count; ++i) {
      pseudonymizer.Add(std::string(ids[i]));
      if (i % 100 == 0) ASSERT_NE(pseudonymizer.Make("in between"), Pseudonym{});
    }
    ASSERT_EQ(pseudonymizer.added(), count);
    pseudonymizer.Finish(many);
    ASSERT_EQ(pseudonymizer.added(), 0u);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(many[i], pseudonymizer.Make(ids[i])) << count << " ids, the one at " << i;
    }
  }
}

TEST(Pseudonym, IdsAreTakenExactlyAsSent) {
  Pseudonymizer pseudonymizer(TestKey());
  std::set<std::string> seen;
  // Trailing zeros, blanks and case make other units; so does the length byte at the border of the
  // two kinds.
  const std::string_view ids[] = {"a",
                                  "A",
                                  " a",
                                  "a ",
                                  std::string_view("a\0", 2),
                                  "aa",
                                  "1",
                                  "01",
                                  "aaaaaaaaaaaaaaa",
                                  "aaaaaaaaaaaaaaaa"};
  for (const std::string_view id : ids) seen.insert(ToHex(pseudonymizer.Make(id)));
  EXPECT_EQ(seen.size(), std::size(ids));
}

TEST(Pseudonym, AnotherKeyGivesOtherPseudonyms) {
  Pseudonymizer one(TestKey(0));
  Pseudonymizer other(TestKey(1));
  for (const std::string_view id : {"41187398", "abcdefghijklmnopqrst"}) {
    EXPECT_NE(ToHex(one.Make(id)), ToHex(other.Make(id)));
  }
}

TEST(Pseudonym, AMovedPseudonymizerGoesOn) {
  Pseudonymizer first(TestKey());
  Pseudonymizer second(std::move(first));
  EXPECT_EQ(ToHex(second.Make("7")), "34f63330945558c29f23ef56f80e7b20");
}

TEST(PseudonymDeathTest, AnIdOfNoLengthOrTooLongIsTheCallersMistake) {
  Pseudonymizer pseudonymizer(TestKey());
  EXPECT_DEATH(pseudonymizer.Make(""), "check failed");
  EXPECT_DEATH(pseudonymizer.Make(std::string(kMaxIdBytes + 1, 'x')), "check failed");
}

TEST(PartitionOf, IsTheHighWordScaledToTheCount) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  struct Row {
    std::uint64_t high;
    std::uint32_t count;
    std::uint32_t partition;
  };
  for (const Row& row :
       {Row{0, 1, 0}, Row{kAll, 1, 0}, Row{kAll / 2, 2, 0}, Row{kAll / 2 + 1, 2, 1},
        Row{kAll, 2, 1}, Row{0, 7, 0}, Row{kAll, 7, 6},
        // 2^64 = 7 * 2635249153387078802 + 2
        Row{2'635'249'153'387'078'802, 7, 0}, Row{2'635'249'153'387'078'803, 7, 1}}) {
    EXPECT_EQ(PartitionOf({.high = row.high, .low = kAll}, row.count), row.partition)
        << row.high << " of " << row.count;
  }
}

TEST(PartitionOf, SpreadsUnitsEvenly) {
  constexpr std::uint32_t kUnits = 70'000;
  Pseudonymizer pseudonymizer(TestKey());
  for (const std::uint32_t count : {1u, 2u, 7u}) {
    std::vector<std::uint32_t> units(count);
    for (std::uint32_t i = 0; i < kUnits; ++i) {
      ++units[PartitionOf(pseudonymizer.Make(std::to_string(10'000'000 + i)), count)];
    }
    for (const std::uint32_t n : units) EXPECT_NEAR(n, kUnits / count, 500) << count;
  }
}

}  // namespace
}  // namespace panelpuls::identity
