#include "estimate/response/response_rates.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>

namespace panelpuls::estimate {
namespace {

using wave::Disposition;

struct Row {
  const char* name;
  CaseCounts counts;
  double minimum_known;
  std::optional<double> eligible_share;
  std::array<std::optional<double>, 6> rr;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

constexpr std::optional<double> kAbsent = std::nullopt;
const Row kRows[] = {
    {"NobodyAtAll", {}, 0, kAbsent, {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent}},
    {"NothingHeardYet", {.unknown = 4}, 0, kAbsent, {0, 0, kAbsent, kAbsent, kAbsent, kAbsent}},
    {"AllKinds",
     {.complete = 8,
      .partial = 2,
      .refusal = 4,
      .non_contact = 3,
      .other = 3,
      .unknown = 20,
      .ineligible = 5},
     25,
     0.8,
     {0.2, 0.25, 8. / 36, 10. / 36, 0.4, 0.5}},
    {"OneKnownCaseTooFew",
     {.complete = 8, .refusal = 12, .unknown = 20, .ineligible = 5},
     26,
     kAbsent,
     {0.2, 0.2, kAbsent, kAbsent, 0.4, 0.4}},
    {"AllIneligible",
     {.ineligible = 40},
     30,
     0,
     {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent}},
};

class Rates : public ::testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Counts, Rates, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Rates, AreAbsentOverNothingAndOtherwiseRight) {
  const Row& row = GetParam();
  const auto share = EligibleShare(row.counts, row.minimum_known);
  EXPECT_EQ(share, row.eligible_share);
  const ResponseRates rates = RatesOf(row.counts, share);
  for (std::size_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(i + 1);
    ASSERT_EQ(rates.rr[i].has_value(), row.rr[i].has_value());
    if (rates.rr[i]) EXPECT_DOUBLE_EQ(*rates.rr[i], *row.rr[i]);
  }
}

TEST(CaseCounts, EveryDispositionStandsInOneOfThem) {
  std::array<double, wave::kDispositionCount> units{};
  for (std::size_t i = 0; i < units.size(); ++i) units[i] = static_cast<double>(1u << i);
  const auto at = [&](Disposition disposition) {
    return units[static_cast<std::size_t>(disposition)];
  };
  const CaseCounts counts = CountCases(units);
  EXPECT_EQ(counts.complete, at(Disposition::kComplete));
  EXPECT_EQ(counts.partial, at(Disposition::kPartial));
  EXPECT_EQ(counts.refusal, at(Disposition::kRefusal));
  EXPECT_EQ(counts.non_contact, at(Disposition::kNonContact));
  EXPECT_EQ(counts.other, at(Disposition::kOther));
  EXPECT_EQ(counts.ineligible, at(Disposition::kIneligible));
  EXPECT_EQ(counts.unknown, at(Disposition::kNone) + at(Disposition::kInvited) +
                                at(Disposition::kDelivered) + at(Disposition::kUndeliverable));
}

}  // namespace
}  // namespace panelpuls::estimate
