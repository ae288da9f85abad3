// Thousands of schedules of the whole engine. A failing seed is printed; to run it alone:
//   PANELPULS_SEED=17 build/release/tests/engine/engine_simulation_test
// PANELPULS_SCHEDULES sets how many are run.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <gtest/gtest.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/simulation/simulation.h"

namespace panelpuls::engine::testing {
namespace {

using Lies = panelpuls::testing::ScheduledFiles::Lies;

// The key of a directory decides which partition a unit belongs to: the same in each run.
int FixedBytes(unsigned char* bytes, int count) {
  for (int place = 0; place < count; ++place) bytes[place] = static_cast<unsigned char>(7 * place);
  return 1;
}

class EngineSimulation : public ::testing::Test {
 protected:
  EngineSimulation() {
    static const RAND_METHOD fixed = {nullptr, FixedBytes, nullptr, nullptr, FixedBytes, nullptr};
    RAND_set_rand_method(&fixed);
  }

  static std::uint64_t Number(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  }
  // Schedules until one finds the fault; 0: none of `most` did.
  static std::uint64_t SchedulesToFind(Lies lies, std::uint64_t most) {
    for (std::uint64_t seed = 1; seed <= most; ++seed) {
      const Simulated simulated = Simulate(seed, lies);
      if (simulated.findings.empty()) continue;
      std::cout << "schedule " << seed << ": " << simulated.findings.front() << "\n";
      return seed;
    }
    return 0;
  }
};

TEST_F(EngineSimulation, NoScheduleLosesWhatWasAcknowledgedOrCountsItTwice) {
  const std::uint64_t only = Number("PANELPULS_SEED", 0);
  const std::uint64_t first = std::max<std::uint64_t>(only, 1);
  const std::uint64_t last =
      only > 0 ? only : Number("PANELPULS_SCHEDULES", PANELPULS_DEFAULT_SCHEDULES);
  Tried tried;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Simulated simulated = Simulate(seed);
    tried.Add(simulated.tried);
    for (const std::string& finding : simulated.findings) {
      ADD_FAILURE() << "PANELPULS_SEED=" << seed << ": " << finding;
    }
    if (!simulated.findings.empty()) break;
  }
  std::cout << last - first + 1 << " schedules, " << tried.steps << " steps, " << tried.acknowledged
            << " batches acknowledged, " << tried.no_room << " without room, " << tried.stopped
            << " stopped, " << tried.failures << " failed engines, " << tried.power_cuts
            << " power cuts, " << tried.refused_opens << " refused starts, " << tried.snapshots
            << " snapshots\n";
  if (only > 0) return;
  // Otherwise nothing was tried.
  for (const std::uint64_t what :
       {tried.no_room, tried.stopped, tried.failures, tried.power_cuts, tried.refused_opens}) {
    EXPECT_GE(what, last / 50);
  }
  EXPECT_GT(tried.acknowledged, 5 * last);
}

TEST_F(EngineSimulation, ASeedRepeatsItsSchedule) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Tried once = Simulate(seed).tried;
    const Tried again = Simulate(seed).tried;
    EXPECT_EQ(once.steps, again.steps) << "seed " << seed;
    EXPECT_EQ(once.acknowledged, again.acknowledged) << "seed " << seed;
    EXPECT_EQ(once.snapshots, again.snapshots) << "seed " << seed;
  }
}

// The first test can fail: disks that lie are found out within a few schedules.
TEST_F(EngineSimulation, ADiskThatDoesNotSyncIsFoundOut) {
  EXPECT_GT(SchedulesToFind({.data_syncs = true}, 100), 0u);
}

TEST_F(EngineSimulation, ADirectoryWhoseNewNamesAreNotSyncedIsFoundOut) {
  EXPECT_GT(SchedulesToFind({.directory_syncs = true}, 300), 0u);
}

}  // namespace
}  // namespace panelpuls::engine::testing
