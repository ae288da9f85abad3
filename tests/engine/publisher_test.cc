#include "engine/publisher.h"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

#include "engine/fieldwork.h"
#include "snapshot/contents.h"

namespace panelpuls::engine {
namespace {

using testing::kNoon;
using testing::TestWave;

// Two partitions without writers: the test answers for them.
struct Partitions {
  std::array<PartitionPorts, 2> ports;
  Doorbell signal;
  Failure failure{[](const absl::Status&) {}};
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::size_t> asked;

  void Give(std::size_t partition, std::uint64_t position) {
    ports[partition].state.Give([position](StateCut& cut) {
      cut = StateCut();
      cut.counters = state::Counters(*TestWave());
      cut.position = position;
      cut.floor = kNoon;
    });
  }

  // `answer`: the first partition answers as soon as it is asked; the second never does by itself.
  std::unique_ptr<Publisher> MakePublisher(bool answer) {
    Publisher::Setup setup;
    setup.wave = TestWave();
    setup.directory_id = "0123456789abcdef";
    setup.snapshots_per_second = 1000;
    setup.failure = &failure;
    setup.signal = &signal;
    setup.ports = {&ports[0], &ports[1]};
    setup.wake = [this, answer](std::size_t partition) {
      if (answer && partition == 0) Give(0, 1);
      std::lock_guard lock(mutex);
      asked.insert(partition);
      changed.notify_all();
    };
    setup.clock = [] { return snapshot::ClockPart{.now = kNoon, .process = {}}; };
    return std::make_unique<Publisher>(std::move(setup),
                                       std::make_unique<archive::Historian>(TestWave(), 2));
  }

  void WaitUntilBothAreAsked() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return asked.size() == 2; });
  }
};

// A partition that answered the last question may have gone on before the end.
TEST(Publisher, LastSnapshotHasTheLastStateOfAPartitionThatHadAnsweredBefore) {
  for (const bool answer : {true, false}) {
    Partitions partitions;
    const auto publisher = partitions.MakePublisher(answer);
    EXPECT_TRUE(publisher->Start().ok());
    partitions.signal.NoteChange();
    partitions.WaitUntilBothAreAsked();
    publisher->Join();
    publisher->PublishNow([&](std::size_t partition) { partitions.Give(partition, 5); });
    ASSERT_NE(publisher->Latest(), nullptr);
    EXPECT_EQ(publisher->Latest()->version, 10u) << "answered before: " << answer;
  }
}

TEST(Publisher, WaitsForAllPartitionsBeforeItPublishes) {
  Partitions partitions;
  const auto publisher = partitions.MakePublisher(true);
  EXPECT_TRUE(publisher->Start().ok());
  partitions.signal.NoteChange();
  partitions.WaitUntilBothAreAsked();
  EXPECT_EQ(publisher->Latest(), nullptr);
  std::mutex mutex;
  std::condition_variable published;
  std::uint64_t version = 0;
  publisher->OnSnapshot([&](const SnapshotPointer& snapshot) {
    std::lock_guard lock(mutex);
    version = snapshot->version;
    published.notify_all();
  });
  partitions.Give(1, 7);
  partitions.signal.Poke();
  {
    std::unique_lock lock(mutex);
    published.wait(lock, [&] { return version != 0; });
    EXPECT_EQ(version, 8u);
  }
  publisher->Join();
}

}  // namespace
}  // namespace panelpuls::engine
