// A program of its own: its operator new is replaced.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/running_server.h"
#include "server/stream_client.h"
#include "testing/allocation_count.h"

namespace panelpuls::testing {
namespace {

constexpr std::uint64_t kBatches = 30;

// Sends batches of `size` responses, each when the one before is acknowledged. How often the whole
// program, this client included, allocated meanwhile.
std::uint64_t AllocationsOf(StreamClient& client, std::size_t size, int revision,
                            std::uint64_t* sequence) {
  std::vector<std::string> batches;
  const std::uint64_t first = *sequence;
  for (std::uint64_t number = 0; number < kBatches; ++number) {
    std::vector<ResponseText> responses;
    for (std::size_t i = 0; i < size; ++i) {
      responses.push_back({.id = fmt::format("unit {} {}", number, i), .revision = revision});
    }
    batches.push_back(BatchBytes(responses, (*sequence)++));
  }
  const std::uint64_t before = AllocationCount();
  for (std::uint64_t number = 0; number < kBatches; ++number) {
    EXPECT_TRUE(client.SendBatch(batches[number]));
    const auto outcomes = client.ReadAcks(first + number);
    EXPECT_EQ(outcomes.size(), 1u);
    EXPECT_TRUE(!outcomes.empty() && outcomes[0].results().empty());
  }
  return AllocationCount() - before;
}

TEST(Allocation, DoesNotGrowWithTheResponsesFromSocketToCube) {
  ServerSetup setup;
  setup.engine.snapshots_per_second = 0.01;  // what a snapshot allocates is not a response's
  RunningServer server(setup);
  StreamClient client(server.tcp_port());
  ASSERT_TRUE(client.Greet().has_value());
  std::uint64_t sequence = 1;
  // New units, then corrections: buffers and batches have their size from then on.
  AllocationsOf(client, 200, 1, &sequence);
  AllocationsOf(client, 200, 2, &sequence);
  const std::uint64_t few = AllocationsOf(client, 10, 3, &sequence);
  const std::uint64_t many = AllocationsOf(client, 200, 4, &sequence);
  EXPECT_LT(many, few + kBatches) << few;
}

}  // namespace
}  // namespace panelpuls::testing
