// Response rates from the first day on: a frame and its case events, pushed day by day to a server.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/http_get.h"
#include "cli/program.h"
#include "panelpuls/v1/snapshot.pb.h"
#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

std::string Case(const std::string& file) { return kSource + "/tests/testdata/cases/24/" + file; }

v1::Snapshot Parsed(const std::string& json) {
  v1::Snapshot snapshot;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &snapshot, options).ok());
  return snapshot;
}

// Of the snapshot that has seen so many journaled case events.
v1::Collection CollectionAfter(const ServerProcess& server, std::uint64_t events) {
  const auto address = ParseHttpAddress(server.http()).value();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    const v1::Snapshot snapshot = Parsed(HttpGet(address, "/v1/snapshot").value());
    std::uint64_t seen = 0;
    for (const auto& channel : snapshot.collection().channels()) seen += channel.case_events();
    if (seen == events) return snapshot.collection();
  }
  ADD_FAILURE() << "no snapshot with " << events << " case events";
  return {};
}

double Total(const v1::ResponseRates& rates) {
  return rates.complete() + rates.partial() + rates.refusal() + rates.non_contact() +
         rates.other() + rates.unknown() + rates.ineligible();
}

void ExpectCounts(const v1::ResponseRates& rates, const std::vector<double>& counts) {
  EXPECT_THAT(
      (std::vector<double>{rates.complete(), rates.partial(), rates.refusal(), rates.non_contact(),
                           rates.other(), rates.unknown(), rates.ineligible()}),
      ::testing::ElementsAreArray(counts));
}

void ExpectRates(const v1::ResponseRates& rates, const std::vector<double>& rr) {
  const std::vector<double> shown = {rates.rr1(), rates.rr2(), rates.rr3(),
                                     rates.rr4(), rates.rr5(), rates.rr6()};
  for (std::size_t i = 0; i < rr.size(); ++i) EXPECT_NEAR(shown[i], rr[i], 1e-12) << i + 1;
}

// The same lines in another order behind the header.
std::string Reversed(const std::string& csv) {
  std::istringstream in(csv);
  std::string header, line, rest;
  std::getline(in, header);
  while (std::getline(in, line)) rest = line + "\n" + rest;
  return header + "\n" + rest;
}

class DayNought : public ::testing::TestWithParam<bool> {
 protected:
  void Push(const ServerProcess& server, const std::string& day) {
    const std::string file = scratch_.File(day);
    const std::string text = ReadText(Case(day));
    WriteText(file, GetParam() ? Reversed(text) : text);
    for (int time = 0; time < 2; ++time) {
      const Outcome outcome =
          RunPanelpuls({"push", "--wave", wave_, "--to", server.http(), "--events", file});
      ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
  }
  void ExpectWhole(const v1::Collection& collection) {
    EXPECT_EQ(Total(collection.response()), 1000);
    auto units = static_cast<double>(collection.units_without_channel());
    for (const auto& channel : collection.channels()) units += Total(channel.response());
    EXPECT_EQ(units, 1000);
  }

  panelpuls::testing::ScratchDirectory scratch_;
  std::string wave_ = scratch_.File("wave.textproto");
};
INSTANTIATE_TEST_SUITE_P(Lines, DayNought, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "Reversed" : "AsGiven");
});

TEST_P(DayNought, RatesAreAbsentOrRightAndEveryUnitStandsOnce) {
  WriteText(wave_, ReadText(kSource + "/waves/cases.textproto") + "sample_frame { file: \"" +
                       Case("frame.csv") + "\" }\n");
  const ServerProcess server({"--wave", wave_, "--data", scratch_.File("data")});
  const v1::Collection nought = CollectionAfter(server, 0);
  ExpectWhole(nought);
  ExpectCounts(nought.response(), {0, 0, 0, 0, 0, 1000, 0});
  EXPECT_EQ(nought.units_without_channel(), 1000u);
  EXPECT_FALSE(nought.has_eligible_share());
  ExpectRates(nought.response(), {0, 0});
  for (const bool shown : {nought.response().has_rr3(), nought.response().has_rr4(),
                           nought.response().has_rr5(), nought.response().has_rr6()}) {
    EXPECT_FALSE(shown);
  }

  Push(server, "day1.csv");
  const v1::Collection first = CollectionAfter(server, 30);
  ExpectWhole(first);
  ExpectCounts(first.response(), {10, 1, 5, 4, 1, 976, 3});
  EXPECT_DOUBLE_EQ(first.eligible_share(), 0.875);
  EXPECT_EQ(first.eligibility_known(), 24u);
  ExpectRates(first.response(), {0.010030090271, 0.011033099298, 0.011428571429, 0.012571428571,
                                 0.476190476190, 0.523809523810});

  Push(server, "day2.csv");
  const v1::Collection second = CollectionAfter(server, 34);
  ExpectWhole(second);
  ExpectCounts(second.response(), {13, 0, 4, 4, 1, 975, 3});
  EXPECT_DOUBLE_EQ(second.eligible_share(), 0.88);
  ExpectRates(second.response(), {0.013039117352, 0.013039117352, 0.014772727273, 0.014772727273,
                                  0.590909090909, 0.590909090909});
  // Refusal and undeliverable letter that the telephone turned into completes.
  EXPECT_EQ(second.channels(1).response().complete(), 2);
}

TEST(Rates, OfCategoriesAndByBaseWeight) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string wave = scratch.File("wave.textproto");
  WriteText(wave, ReadText(kSource + "/waves/cases.textproto") + R"(
dimensions { id: "area" categories { code: "north" } categories { code: "south" } categories { code: "west" } }
design { base_weights: BASE_WEIGHTS_PER_UNIT base_weight_log2: 3 }
sample_frame { file: "frame.csv" }
)");
  WriteText(
      scratch.File("frame.csv"),
      "unit_id,base_weight,area\nA1,1.5,north\nA2,2.5,north\nA3,4,south\nA4,8,south\nA5,2,south\n");
  WriteText(scratch.File("events.csv"),
            "unit_id,disposition,channel,at\nA1,refusal,cati,2025-09-02T10:00:00Z\n"
            "A3,ineligible,cati,2025-09-02T10:00:00Z\n");
  const std::string responses = scratch.File("responses.jsonl");
  WriteText(responses, R"({"respondentId":"A4","channel":"eboks","revision":1,"answers":[)"
                       R"({"question":"revenue","options":["up"]},)"
                       R"({"question":"employees","options":["up"]}]})"
                       "\n");
  const Outcome outcome = RunPanelpuls({"estimate", "--wave", wave, "--format", "json", "--events",
                                        scratch.File("events.csv"), responses});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const v1::Collection collection = Parsed(outcome.out).collection();
  ExpectCounts(collection.response(), {1, 0, 1, 0, 0, 2, 1});
  ExpectCounts(collection.response_weighted(), {8, 0, 1.5, 0, 0, 4.5, 4});
  EXPECT_DOUBLE_EQ(collection.response_weighted().rr2(), 8 / 14.);
  ASSERT_EQ(collection.categories_size(), 3);
  ExpectCounts(collection.categories(0).response(), {0, 0, 1, 0, 0, 1, 0});
  ExpectCounts(collection.categories(1).response(), {1, 0, 0, 0, 0, 1, 1});
  EXPECT_EQ(collection.categories(0).response().rr2(), 0);
  // The eligible share is that of the wave, also in a category.
  EXPECT_DOUBLE_EQ(collection.categories(1).response().rr4(), 1 / (1 + 2 / 3.));
  EXPECT_DOUBLE_EQ(collection.response().rr4(), 1 / (2 + 2 * 2 / 3.));
  // Nobody is invited in the west.
  EXPECT_FALSE(collection.categories(2).response().has_rr1());
  EXPECT_FALSE(collection.categories(2).response().has_rr6());
}

TEST(Rates, AreAbsentWhereOnlyWhoAnsweredIsKnown) {
  const panelpuls::testing::ScratchDirectory scratch;
  const std::string responses = scratch.File("responses.csv");
  WriteText(responses,
            "respondent_id,channel,revision,status,revenue,employees\n"
            "A1,eboks,1,COMPLETE,up,same\n");
  const Outcome outcome = RunPanelpuls(
      {"estimate", "--wave", kSource + "/waves/cases.textproto", "--format", "json", responses});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const v1::Collection collection = Parsed(outcome.out).collection();
  EXPECT_EQ(collection.respondents(), 1u);
  EXPECT_FALSE(collection.has_response());
}

}  // namespace
}  // namespace panelpuls::cli
