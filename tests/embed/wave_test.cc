// The door as embedders have it: the public header and the standard library alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <panelpuls/panelpuls.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using panelpuls::Answer;
using panelpuls::Batch;
using panelpuls::BatchResult;
using panelpuls::Code;
using panelpuls::Figures;
using panelpuls::Options;
using panelpuls::Response;
using panelpuls::Verdict;
using panelpuls::Wave;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kLong{60};

std::string WaveFile(const std::string& name) {
  return std::string(PANELPULS_SOURCE_DIR) + "/waves/" + name;
}

// A directory of the test's own.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "embed.XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string In(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::unique_ptr<Wave> OpenCases(const Directory& directory, const Options& options = {}) {
  auto wave = Wave::Open(WaveFile("cases.textproto"), directory.In("data"), options);
  EXPECT_TRUE(wave.ok()) << wave.status().message();
  return wave.ok() ? std::move(*wave) : nullptr;
}

Response Says(const std::string& id, const std::string& revenue, const std::string& employees) {
  return {.respondent_id = id,
          .channel = "cati",
          .collected_at = panelpuls::Now(),
          .answers = {{"revenue", {revenue}}, {"employees", {employees}}}};
}

Figures AwaitRespondents(const Wave& wave, std::uint64_t respondents) {
  Figures figures = wave.Latest();
  while (figures.respondents() < respondents) {
    const Figures next = wave.Await(figures.version(), kLong);
    if (next.version() == figures.version()) break;
    figures = next;
  }
  EXPECT_EQ(figures.respondents(), respondents);
  return figures;
}

TEST(Embed, NamedAnswersBecomeNamedFigures) {
  Directory directory;
  const auto wave = OpenCases(directory);
  const BatchResult result =
      wave->Submit({.responses = {Says("a", "up", "same"), Says("b", "same", "same"),
                                  Says("c", "up", "down"), Says("d", "down", "same")}})
          .get();
  ASSERT_TRUE(result.status.ok()) << result.status.message();
  ASSERT_EQ(result.responses.size(), 4u);
  for (const auto& record : result.responses) EXPECT_EQ(record.verdict, Verdict::kAccepted);

  const Figures figures = AwaitRespondents(*wave, 4);
  const auto indicator = figures.Find("mean", "indicator");
  ASSERT_TRUE(indicator.ok()) << indicator.status().message();
  // Scores 50, 0, 100, -50: mean 25, variance 12500/3, se sqrt(12500/12).
  EXPECT_DOUBLE_EQ(indicator->value.value(), 25);
  EXPECT_NEAR(indicator->se.value(), 32.27486121839514, 1e-9);
  EXPECT_LT(indicator->low.value(), 25);
  EXPECT_GT(indicator->high.value(), 25);
  EXPECT_EQ(indicator->n, 4u);
  EXPECT_FALSE(indicator->reportable);  // of so few
  EXPECT_THAT(indicator->flags, ::testing::Contains("low_n"));
  const auto place = figures.PlaceOf("mean", "indicator");
  ASSERT_TRUE(place.ok());
  ASSERT_LT(*place, figures.size());
  EXPECT_EQ(figures.At(*place).of, "indicator");
  const auto other = figures.Find("mean", "weather");
  EXPECT_EQ(other.status().code(), Code::kNotFound);
  EXPECT_THAT(other.status().message(), HasSubstr("weather"));
}

TEST(Embed, FiguresOfADomainAreFoundByItsName) {
  Directory directory;
  auto wave =
      Wave::Open(WaveFile("virksomhedspanel-2025-efteraar.textproto"), directory.In("data"));
  ASSERT_TRUE(wave.ok()) << wave.status().message();
  Response response = Says("DK-1", "up", "same");
  response.categories = {{"industry", "bygge"}, {"size", "1-9"}, {"area", "fyn"}, {"age", "5-9"}};
  const BatchResult result = (*wave)->Submit({.responses = {response}}).get();
  ASSERT_TRUE(result.status.ok()) << result.status.message();
  ASSERT_EQ(result.responses[0].verdict, Verdict::kAccepted) << result.responses[0].reason;
  const Figures figures = AwaitRespondents(**wave, 1);
  const auto builders = figures.Find("mean", "indicator", "industry=bygge");
  ASSERT_TRUE(builders.ok()) << builders.status().message();
  EXPECT_EQ(builders->n, 1u);
  EXPECT_EQ(builders->domain, "industry=bygge");
  EXPECT_FALSE(builders->value.has_value());
  EXPECT_FALSE(builders->reportable) << ::testing::PrintToString(builders->flags);
}

TEST(Embed, EachRecordHasItsVerdict) {
  Directory directory;
  const auto wave = OpenCases(directory);
  const Response first = Says("a", "up", "same");
  Response later = Says("a", "down", "same");
  later.revision = 2;
  Response known = first;
  known.revision = 1;
  known.collected_at = later.collected_at;
  Response odd = Says("c", "up", "same");
  odd.answers.push_back({"weather", {"fine"}});
  Response untimed = Says("d", "up", "same");
  untimed.collected_at.reset();
  Response strange = Says("e", "up", "same");
  strange.status = static_cast<panelpuls::ResponseStatus>(9);
  Batch batch{
      .responses = {first, first, later, known, Says("b", "sideways", "same"), odd, untimed,
                    strange},
      .case_events = {
          {.unit_id = "a", .channel = "cati", .at = panelpuls::Now(), .disposition = "refusal"},
          {.unit_id = "a", .channel = "pigeon", .at = panelpuls::Now()}}};
  const BatchResult result = wave->Submit(batch).get();
  ASSERT_TRUE(result.status.ok()) << result.status.message();
  std::vector<std::string> verdicts;
  for (const auto& record : result.responses) verdicts.push_back(VerdictName(record.verdict));
  EXPECT_THAT(verdicts, ::testing::ElementsAre("accepted", "duplicate", "accepted", "superseded",
                                               "rejected", "accepted", "rejected", "rejected"));
  EXPECT_EQ(result.responses[4].field, "answers[0].options[0]");
  EXPECT_THAT(result.responses[4].reason, HasSubstr("sideways"));
  EXPECT_EQ(result.responses[6].field, "collected_at");
  EXPECT_EQ(result.responses[7].field, "status");
  EXPECT_EQ(result.ignored_answers, 1u);
  ASSERT_EQ(result.case_events.size(), 2u);
  EXPECT_EQ(result.case_events[0].verdict, Verdict::kAccepted);
  EXPECT_EQ(result.case_events[1].verdict, Verdict::kRejected);
  EXPECT_EQ(result.case_events[1].field, "channel");
}

TEST(Embed, AFullQueueIsAResultAndTheBatchStaysTheCallers) {
  Directory directory;
  const auto wave = OpenCases(directory, {.queue_batches = 1});
  std::promise<void> held, release;
  auto released = release.get_future().share();
  std::atomic<int> ended{0};
  ASSERT_TRUE(wave->Submit({.responses = {Says("a", "up", "same")}},
                           [&](const BatchResult&) {
                             held.set_value();
                             released.wait();
                             ++ended;
                           })
                  .ok());
  held.get_future().wait();
  // The writer is held: its queue takes some, and then no more.
  const Batch next{.responses = {Says("b", "up", "same")}};
  int taken = 0;
  panelpuls::Status status;
  while ((status = wave->Submit(next, [&](const BatchResult&) { ++ended; })).ok()) {
    ASSERT_LT(++taken, 100);
  }
  EXPECT_EQ(status.code(), Code::kFull);
  EXPECT_EQ(wave->Submit(next).get().status.code(), Code::kFull);
  release.set_value();
  while ((status = wave->Submit(next, [&](const BatchResult&) { ++ended; })).code() ==
         Code::kFull) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(wave->Stop().ok());
  EXPECT_EQ(ended, taken + 2);
}

TEST(Embed, AStopEndsWhatWasTakenAndRefusesTheRest) {
  Directory directory;
  auto wave = OpenCases(directory);
  auto taken = wave->Submit({.responses = {Says("a", "up", "down")}});
  EXPECT_TRUE(wave->State().ok());
  EXPECT_TRUE(wave->Stop().ok());
  EXPECT_TRUE(wave->Stop().ok());
  EXPECT_TRUE(taken.get().status.ok());
  EXPECT_EQ(wave->State().code(), Code::kStopped);
  EXPECT_EQ(wave->Submit({.responses = {Says("b", "up", "up")}}).get().status.code(),
            Code::kStopped);
  const Figures figures = wave->Await(~std::uint64_t{0}, kLong);  // no waiting for what cannot come
  wave.reset();
  EXPECT_EQ(figures.respondents(), 1u);  // figures outlive their wave
  EXPECT_DOUBLE_EQ(figures.Find("mean", "indicator")->value.value(), 100);
  const auto again = OpenCases(directory);
  EXPECT_EQ(again->Latest().version(), figures.version());
  EXPECT_EQ(again->Latest().respondents(), 1u);
}

TEST(Embed, ACallbackMaySubmitAndThrowButNotStop) {
  Directory directory;
  const auto wave = OpenCases(directory);
  std::promise<std::pair<Code, Code>> seen;
  std::promise<void> second;
  ASSERT_TRUE(wave->Submit({.responses = {Says("a", "up", "same")}},
                           [&](const BatchResult&) {
                             const auto more =
                                 wave->Submit({.responses = {Says("b", "up", "same")}},
                                              [&](const BatchResult&) { second.set_value(); });
                             wave->Await(~std::uint64_t{0}, kLong);
                             seen.set_value({wave->Stop().code(), more.code()});
                             throw std::runtime_error("from a callback");
                           })
                  .ok());
  const auto [stopped, submitted] = seen.get_future().get();
  EXPECT_EQ(stopped, Code::kFailedPrecondition);
  EXPECT_EQ(submitted, Code::kOk);
  second.get_future().wait();
  AwaitRespondents(*wave, 2);
}

TEST(Embed, WhatCannotBeOpenedSaysWhy) {
  Directory directory;
  const auto open = [&](const std::string& file, const Options& options = {}) {
    const auto wave = Wave::Open(file, directory.In("data"), options);
    return wave.status();
  };
  const std::string cases = WaveFile("cases.textproto");
  EXPECT_EQ(open(directory.In("none.textproto")).code(), Code::kNotFound);
  EXPECT_EQ(open(cases, {.must_exist = true}).code(), Code::kNotFound);
  EXPECT_EQ(open(cases, {.partitions = 0}).code(), Code::kInvalidArgument);
  EXPECT_EQ(open(cases, {.frame_file = "frame.csv"}).code(), Code::kInvalidArgument);
  std::ofstream(directory.In("bad.textproto")) << "id: 'bad' nonsense: 1\n";
  const auto bad = open(directory.In("bad.textproto"));
  EXPECT_EQ(bad.code(), Code::kInvalidArgument);
  EXPECT_THAT(bad.message(), HasSubstr("nonsense"));
  const auto wave = OpenCases(directory);
  EXPECT_EQ(open(cases).code(), Code::kFailedPrecondition);
  Batch large;
  large.case_events.resize(panelpuls::kMostRecords + 1);
  EXPECT_EQ(wave->Submit(large).get().status.code(), Code::kInvalidArgument);
}

TEST(Embed, AFrameIsReadWhileTheDirectoryIsMade) {
  Directory directory;
  std::ifstream cases(WaveFile("cases.textproto"));
  std::ofstream(directory.In("framed.textproto"))
      << cases.rdbuf() << "sample_frame { file: \"units.csv\" }\n";
  const std::string file = directory.In("framed.textproto");
  const auto without = Wave::Open(file, directory.In("data"));
  EXPECT_EQ(without.status().code(), Code::kNotFound);
  EXPECT_THAT(without.status().message(), HasSubstr("units.csv"));
  std::ofstream(directory.In("units.csv")) << "unit_id,channel\na,cati\nb,cati\n";
  for (int time = 0; time < 2; ++time) {
    auto wave = Wave::Open(file, directory.In("data"));
    ASSERT_TRUE(wave.ok()) << wave.status().message();
    const auto result =
        (*wave)->Submit({.responses = {Says("a", "up", "up"), Says("z", "up", "up")}}).get();
    EXPECT_NE(result.responses[0].verdict, Verdict::kRejected) << result.responses[0].reason;
    EXPECT_EQ(result.responses[1].verdict, Verdict::kRejected);
    std::filesystem::remove(directory.In("units.csv"));  // it is in the journal
  }
}

TEST(Embed, ThreadsSubmitAtOnce) {
  Directory directory;
  const auto wave = OpenCases(directory, {.partitions = 2});
  constexpr int kThreads = 4, kBatches = 25;
  std::atomic<int> accepted{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int number = 0; number < kBatches; ++number) {
          const std::string id = std::to_string(thread) + "/" + std::to_string(number);
          const Batch batch{.responses = {Says(id, "up", "same"), Says(id + "+", "up", "down")}};
          BatchResult result;
          do {
            result = wave->Submit(batch).get();
          } while (result.status.code() == Code::kFull);
          for (const auto& record : result.responses) {
            if (record.verdict == Verdict::kAccepted) ++accepted;
          }
        }
      });
    }
  }
  EXPECT_EQ(accepted, kThreads * kBatches * 2);
  const Figures figures = AwaitRespondents(*wave, kThreads * kBatches * 2);
  const auto indicator = figures.Find("mean", "indicator");
  EXPECT_DOUBLE_EQ(indicator->value.value(), 75);
  EXPECT_TRUE(indicator->reportable) << ::testing::PrintToString(indicator->flags);
}

}  // namespace
