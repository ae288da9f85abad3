// A program of its own: its operator new is replaced.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "engine/fieldwork.h"
#include "testing/allocation_count.h"

namespace panelpuls::engine {
namespace {

struct Raw {
  std::vector<wave::RawResponse> responses;
  std::vector<wave::RawCaseEvent> events;
};

std::unique_ptr<Batch> Build(BatchBuilder& builder, const Raw& raw) {
  builder.Begin();
  for (std::uint32_t index = 0; index < raw.responses.size(); ++index) {
    builder.AddResponse(index, raw.responses[index]);
  }
  for (std::uint32_t index = 0; index < raw.events.size(); ++index) {
    builder.AddCaseEvent(index, raw.events[index]);
  }
  return builder.Finish(kNoTime, 1);
}

TEST(BatchBuilder, SteadyStreamOfRecycledBatchesAllocatesNothing) {
  std::mt19937_64 random(1);
  std::vector<testing::Sent> records;
  for (int unit = 0; unit < 200; ++unit) {
    records.push_back(testing::MakeResponse(
        unit % 2 == 0 ? std::to_string(unit) : "a longer id " + std::to_string(unit), random));
  }
  Raw raw;
  for (const testing::Sent& record : records) raw.responses.push_back(testing::RawOf(record));
  for (int event = 0; event < 50; ++event) {
    raw.events.push_back({.unit_id = records[0].id,
                          .channel = "web",
                          .at = testing::kNoon,
                          .disposition = "refusal",
                          .event_id = "an event id that does not fit into a short string"});
  }
  std::array<std::byte, 32> bytes{};
  const auto key = identity::DirectoryKey::FromBytes(bytes);
  BatchBuilder builder(testing::TestWave(), key, {});
  // Two batches are under way at a time.
  std::unique_ptr<Batch> first = Build(builder, raw);
  std::unique_ptr<Batch> second = Build(builder, raw);
  builder.Recycle(std::move(first));
  builder.Recycle(std::move(second));
  std::uint64_t counted = 0;
  for (int round = 0; round < 5; ++round) {
    const std::uint64_t before = panelpuls::testing::AllocationCount();
    first = Build(builder, raw);
    second = Build(builder, raw);
    builder.Recycle(std::move(first));
    builder.Recycle(std::move(second));
    counted = panelpuls::testing::AllocationCount() - before;
  }
  EXPECT_EQ(counted, 0u);
  // The counting works: a batch that is not given back is made anew.
  const std::uint64_t before = panelpuls::testing::AllocationCount();
  first = Build(builder, raw);
  second = Build(builder, raw);
  const std::unique_ptr<Batch> third = Build(builder, raw);
  EXPECT_GT(panelpuls::testing::AllocationCount(), before);
}

}  // namespace
}  // namespace panelpuls::engine
