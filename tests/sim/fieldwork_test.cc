#include "sim/fieldwork.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/file.h"
#include "wave/definition.h"
#include "wave/resolver.h"

namespace panelpuls::sim {
namespace {

const std::string kWaves = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
const std::string kPanel = kWaves + "virksomhedspanel-2025-efteraar";

std::shared_ptr<const Population> MakePopulation(const std::string& wave_path,
                                                 const std::string& parameters) {
  auto wave = wave::LoadWave(PosixFileSystem(), wave_path);
  EXPECT_TRUE(wave.ok()) << wave.status();
  auto population =
      Population::Make(PosixFileSystem(), *wave, {.truth_shift = 0, .parameters_file = parameters});
  EXPECT_TRUE(population.ok()) << population.status();
  return *population;
}

std::shared_ptr<const Population> Panel() {
  static const auto population = MakePopulation(kPanel + ".textproto", kPanel + ".simulation.conf");
  return population;
}

// FNV-1a over everything a message says.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const char c : text) AddByte(static_cast<unsigned char>(c));
    AddByte(0xff);
  }
  void Add(std::int64_t number) {
    for (int i = 0; i < 8; ++i)
      AddByte(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i)));
  }
  std::uint64_t value() const { return value_; }

 private:
  void AddByte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

std::uint64_t HashOf(const Fieldwork& fieldwork) {
  Hash hash;
  for (const Message& message : fieldwork.messages()) {
    hash.Add(message.send_at);
    hash.Add(message.is_event ? message.event.unit_id : message.response.respondent_id);
    hash.Add(message.event.disposition);
    hash.Add(message.response.channel);
    hash.Add(message.response.revision);
    hash.Add(message.response.collected_at);
    for (const std::string_view option : message.response.options) hash.Add(option);
    for (const wave::RawCategory& category : message.response.categories)
      hash.Add(category.category);
  }
  return hash.value();
}

TEST(Fieldwork, IsTheSameForTheSameSeed) {
  const std::uint64_t first = HashOf(*Fieldwork::Make(Panel(), {.seed = 1}));
  EXPECT_EQ(first, HashOf(*Fieldwork::Make(Panel(), {.seed = 1})));
  EXPECT_NE(first, HashOf(*Fieldwork::Make(Panel(), {.seed = 2})));
}

TEST(Fieldwork, EachPartOfItFollowsTheSeed) {
  struct Parts {
    std::set<std::string> ids;
    std::vector<std::vector<std::uint16_t>> units;
    std::vector<Micros> tests;
  };
  const auto parts_of = [](std::uint64_t seed) {
    const auto fieldwork = Fieldwork::Make(Panel(), {.seed = seed});
    Parts parts;
    for (const wave::FrameUnit& unit : fieldwork->frame()) {
      parts.ids.insert(unit.unit_id);
      parts.units.push_back(unit.categories);
    }
    for (const Message& message : fieldwork->messages()) {
      if (!message.is_event && message.response.status == wave::Status::kTest) {
        parts.tests.push_back(message.response.collected_at);
      }
    }
    return parts;
  };
  const Parts one = parts_of(1);
  const Parts two = parts_of(2);
  std::vector<std::string> common;
  std::set_intersection(one.ids.begin(), one.ids.end(), two.ids.begin(), two.ids.end(),
                        std::back_inserter(common));
  EXPECT_LT(common.size(), one.ids.size() / 10);
  EXPECT_NE(one.units, two.units);
  ASSERT_FALSE(one.tests.empty());
  EXPECT_NE(one.tests, two.tests);
}

// The number is this program's own: it says that compilers, options and machines agree. Changes of
// the simulator or of the wave change it on purpose.
TEST(Fieldwork, IsTheSameUnderEveryCompilerAndOption) {
  const auto population = MakePopulation(kWaves + "tilfredshed-2026.textproto", "");
  EXPECT_EQ(HashOf(*Fieldwork::Make(population, {.seed = 1})), 13162761416599376017u);
}

TEST(Fieldwork, MessagesComeInOrderAndInsideTheFieldwork) {
  const auto fieldwork = Fieldwork::Make(Panel(), {.seed = 3});
  const wave::Wave& wave = *Panel()->wave();
  const Micros end = wave.time_zone.DateStart(wave.fieldwork_end + 1);
  std::tuple<Micros, int> last{0, 0};
  for (const Message& message : fieldwork->messages()) {
    const std::tuple now{message.send_at, message.channel};
    EXPECT_LE(last, now);
    last = now;
    const Micros at = message.is_event ? message.event.at : message.response.collected_at;
    EXPECT_GE(at, wave.fieldwork_start_time);
    EXPECT_LT(at, end);
    EXPECT_LE(at, message.send_at);
  }
}

// Firsts of self-administered answers by day, and everything that telephone answers must obey.
struct Arrivals {
  std::map<int, int> self_by_day;
  int self = 0;
  int telephone = 0;
};

Arrivals Count(const Fieldwork& fieldwork) {
  const wave::Wave& wave = *Panel()->wave();
  Arrivals arrivals;
  std::set<std::string_view> seen;
  for (const Message& message : fieldwork.messages()) {
    if (message.is_event || message.response.status == wave::Status::kTest) continue;
    if (!seen.insert(message.response.respondent_id).second) continue;
    const LocalDate date = wave.time_zone.DateOf(message.response.collected_at);
    if (message.channel == 0) {
      ++arrivals.self;
      ++arrivals.self_by_day[date - wave.fieldwork_start + 1];
      continue;
    }
    ++arrivals.telephone;
    const std::string local = wave.time_zone.Format(message.response.collected_at);
    const int hour = std::stoi(local.substr(11, 2));
    EXPECT_GE(hour, 9) << local;
    EXPECT_LT(hour, 17) << local;
    EXPECT_LT((date + 3) % 7, 5) << local;
  }
  return arrivals;
}

TEST(Fieldwork, ArrivalsHaveTheDeclaredShape) {
  const Arrivals arrivals = Count(*Fieldwork::Make(Panel(), {.seed = 4}));
  double sum = 0;
  std::map<int, double> share_by_day;
  for (int day = 1; day <= 61; ++day) {
    const auto found = arrivals.self_by_day.find(day);
    sum += found == arrivals.self_by_day.end() ? 0 : found->second;
    share_by_day[day] = sum / arrivals.self;
  }
  EXPECT_NEAR(share_by_day[1], 0.30, 0.03);
  EXPECT_NEAR(share_by_day[7], 0.60, 0.03);
  for (const int reminder : {15, 29, 43}) {
    EXPECT_GT(arrivals.self_by_day.at(reminder), 3 * arrivals.self_by_day.at(reminder - 1))
        << reminder;
  }
  EXPECT_NEAR(arrivals.telephone / double(arrivals.self + arrivals.telephone), 0.25, 0.03);
}

// What counts of each unit: the last complete or partial version that no withdrawal followed.
TEST(Fieldwork, NumbersAnsweringComeNearThePublishedOnes) {
  std::map<std::string, double> answered;
  constexpr int kFieldworks = 5;
  for (std::uint64_t seed = 1; seed <= kFieldworks; ++seed) {
    const auto fieldwork = Fieldwork::Make(Panel(), {.seed = seed, .case_events = false});
    std::map<std::string_view, const wave::RawResponse*> last;
    for (const Message& message : fieldwork->messages()) {
      if (message.response.status != wave::Status::kTest)
        last[message.response.respondent_id] = &message.response;
    }
    for (const auto& [id, response] : last) {
      std::map<std::string_view, std::string_view> given;
      for (const wave::RawAnswer& answer : response->answers) {
        given[answer.question] = response->options[answer.first_option];
      }
      const auto counts = [&](std::string_view question, std::string_view missing) {
        const auto found = given.find(question);
        return found != given.end() && found->second != missing;
      };
      if (!given.contains("revenue") || !given.contains("employees")) continue;
      answered["indicator"] += counts("revenue", "dont_know") && counts("employees", "dont_know");
      answered["ai_use"] += counts("ai_use", "dont_know");
      answered["factors"] += counts("factor_digital", "not_relevant");
      answered["barriers"] += counts("barriers", "dont_know");
    }
  }
  // Five fieldworks: the mean has a standard error of about 25.
  EXPECT_NEAR(answered["indicator"] / kFieldworks, 4039, 100);
  EXPECT_NEAR(answered["ai_use"] / kFieldworks, 4009, 100);
  EXPECT_NEAR(answered["factors"] / kFieldworks, 4128, 100);
  EXPECT_NEAR(answered["barriers"] / kFieldworks, 4039, 100);
}

TEST(Fieldwork, HasEverythingThatAFieldworkHas) {
  const auto fieldwork = Fieldwork::Make(Panel(), {.seed = 5});
  std::map<std::string_view, int> kinds;
  std::map<std::tuple<std::string_view, int, std::uint32_t>, const wave::RawResponse*> versions;
  std::map<std::string_view, std::set<int>> channels;
  for (const Message& message : fieldwork->messages()) {
    if (message.is_event) {
      ++kinds[message.event.disposition];
      continue;
    }
    const wave::RawResponse& response = message.response;
    kinds["withdrawn"] += response.status == wave::Status::kWithdrawn;
    kinds["test"] += response.status == wave::Status::kTest;
    kinds["partial response"] += response.status == wave::Status::kPartial;
    kinds["correction"] += response.revision > 1 && response.status != wave::Status::kWithdrawn;
    channels[response.respondent_id].insert(message.channel);
    const auto [place, fresh] = versions.emplace(
        std::tuple{response.respondent_id, message.channel, response.revision}, &response);
    if (fresh) continue;
    const bool same =
        place->second->options == response.options && place->second->status == response.status;
    ++kinds[same ? "duplicate" : "conflict"];
  }
  kinds["both channels"] = static_cast<int>(std::count_if(
      channels.begin(), channels.end(), [](const auto& of) { return of.second.size() > 1; }));
  for (const std::string_view kind :
       {"invited", "delivered", "undeliverable", "non_contact", "refusal", "ineligible", "other",
        "withdrawn", "test", "partial response", "correction", "duplicate", "conflict",
        "both channels"}) {
    EXPECT_GT(kinds[kind], 0) << kind;
  }
  EXPECT_EQ(kinds["invited"], 20'000);
  EXPECT_EQ(fieldwork->frame().size(), 20'000u);
}

struct Named {
  std::string name, wave, parameters;
};
void PrintTo(const Named& row, std::ostream* out) { *out << row.name; }
class AnyWave : public testing::TestWithParam<Named> {};

TEST_P(AnyWave, EveryResponseIsOneItsDefinitionTakes) {
  const auto population = MakePopulation(kWaves + GetParam().wave, GetParam().parameters);
  const auto fieldwork = Fieldwork::Make(population, {.seed = 6});
  wave::Resolver resolver(population->wave(), {});
  std::vector<std::byte> record(population->wave()->layout.size);
  wave::CaseEventRecord event;
  std::size_t responses = 0;
  for (const Message& message : fieldwork->messages()) {
    wave::Rejection rejection;
    const bool taken = message.is_event ? resolver.Resolve(message.event, &event, &rejection)
                                        : resolver.Resolve(message.response, record, &rejection);
    ASSERT_TRUE(taken) << rejection.field << ": " << rejection.reason;
    responses += message.is_event ? 0 : 1;
  }
  EXPECT_GT(responses, 100u);
  EXPECT_EQ(resolver.ignored_questions(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Waves, AnyWave,
                         testing::Values(Named{"Panel", "virksomhedspanel-2025-efteraar.textproto",
                                               kPanel + ".simulation.conf"},
                                         Named{"Ferry", "tilfredshed-2026.textproto", ""},
                                         Named{"Cases", "cases.textproto", ""}),
                         [](const auto& row) { return row.param.name; });

TEST(Fieldwork, SaysThatItIsSimulated) {
  const auto fieldwork = Fieldwork::Make(Panel(), {.seed = 7, .case_events = false});
  EXPECT_TRUE(fieldwork->Describe().starts_with("SIMULATED"));
  EXPECT_TRUE(fieldwork->TruthToJson().starts_with(
      R"({"simulated":true,"wave":"virksomhedspanel-2025-efteraar")"));
}

TEST(Fieldwork, SaysByHowMuchTheTruthWasMoved) {
  auto wave = wave::LoadWave(PosixFileSystem(), kPanel + ".textproto");
  ASSERT_TRUE(wave.ok()) << wave.status();
  const auto population =
      Population::Make(PosixFileSystem(), *wave,
                       {.truth_shift = 2.5, .parameters_file = kPanel + ".simulation.conf"});
  ASSERT_TRUE(population.ok()) << population.status();
  const auto fieldwork = Fieldwork::Make(*population, {.seed = 7, .case_events = false});
  EXPECT_THAT(fieldwork->Describe(), testing::HasSubstr("(moved by +2.5)"));
  EXPECT_THAT(fieldwork->TruthToJson(), testing::HasSubstr("\"truth_shift\":2.5,"));
}

}  // namespace
}  // namespace panelpuls::sim
