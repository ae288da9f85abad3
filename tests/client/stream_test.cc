// The pusher against servers of the TCP stream that break off, take back what they allowed, or make
// no sense.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "client/pusher.h"
#include "client/scripted_stream.h"
#include "panelpuls/v1/batch.pb.h"
#include "server/stream_client.h"

namespace panelpuls::testing {
namespace {

using client::Pusher;
using client::PusherOptions;
using wave::Result;

PusherOptions OptionsFor(const ScriptedStream& server) {
  PusherOptions options;
  options.target = server.url();
  options.batch_records = 1;
  options.give_up_after_s = 10;
  options.first_retry_s = 0.01;
  return options;
}

struct Pushed {
  absl::Status status;
  client::PushTotals totals;
};

// Pushes so many records beside the test's own thread, which plays the server.
std::future<Pushed> Push(const PusherOptions& options, int records) {
  return std::async(std::launch::async, [options, records] {
    Pushed pushed;
    auto pusher = Pusher::Connect(options);
    pushed.status = pusher.status();
    if (!pusher.ok()) return pushed;
    for (int i = 0; i < records && pushed.status.ok(); ++i) {
      pushed.status = (*pusher)->AddResponse(ResponseBytes({.id = "U" + std::to_string(i)}), 1);
    }
    if (pushed.status.ok()) pushed.status = (*pusher)->Flush();
    pushed.totals = (*pusher)->totals();
    return pushed;
  });
}

std::uint64_t SequenceOf(const std::string& batch) {
  v1::Batch parsed;
  return parsed.ParseFromString(batch) ? parsed.sequence() : 0;
}

TEST(PusherOnAStream, ANewConnectionMayAllowLessAndItsBatchesAreNumberedAnew) {
  ScriptedStream server;
  auto pushed = Push(OptionsFor(server), 6);
  ASSERT_TRUE(server.Welcome(6));
  for (std::uint64_t i = 1; i <= 6; ++i) {
    const auto batch = server.ReadBatch();
    ASSERT_TRUE(batch.has_value());
    EXPECT_EQ(SequenceOf(*batch), i);
  }
  ASSERT_TRUE(server.Welcome(2));
  for (std::uint64_t i = 1; i <= 6; i += 2) {
    for (std::uint64_t j = i; j <= i + 1; ++j) {
      const auto batch = server.ReadBatch();
      ASSERT_TRUE(batch.has_value());
      EXPECT_EQ(SequenceOf(*batch), j);
    }
    EXPECT_FALSE(server.ReadBatch(std::chrono::milliseconds(100)).has_value()) << "a third";
    server.SendAck({AllAccepted(i, 1), AllAccepted(i + 1, 1)});
  }
  const Pushed done = pushed.get();
  EXPECT_TRUE(done.status.ok()) << done.status;
  EXPECT_EQ(done.totals.counts[static_cast<std::size_t>(Result::kAccepted)], 6u);
  EXPECT_EQ(done.totals.sent, 6u);
  EXPECT_EQ(done.totals.resent, 6u);
  EXPECT_EQ(done.totals.reconnects, 1u);
}

TEST(PusherOnAStream, ABatchHoldsOnlyWhatWasGatheredUnderItsTime) {
  ScriptedStream server;
  constexpr Micros kBegin = 1'760'000'000 * kMicrosPerSecond;
  auto pushed = std::async(std::launch::async, [&] {
    PusherOptions options = OptionsFor(server);
    options.batch_records = 10;
    auto pusher = Pusher::Connect(options);
    absl::Status status = pusher.status();
    for (int hour = 0; hour < 2 && status.ok(); ++hour) {
      status = (*pusher)->SetSimulatedTime(kBegin + hour * kMicrosPerHour);
      for (int i = 0; i <= hour && status.ok(); ++i) {
        status = (*pusher)->AddResponse(ResponseBytes({.id = "U"}), 1);
      }
    }
    return status.ok() ? (*pusher)->Flush() : status;
  });
  ASSERT_TRUE(server.Welcome(4));
  for (int hour = 0; hour < 2; ++hour) {
    const auto batch = server.ReadBatch();
    ASSERT_TRUE(batch.has_value());
    v1::Batch parsed;
    ASSERT_TRUE(parsed.ParseFromString(*batch));
    EXPECT_EQ(parsed.simulated_time().seconds(), 1'760'000'000 + hour * 3600);
    EXPECT_EQ(parsed.responses_size(), hour + 1);
    server.SendAck({AllAccepted(parsed.sequence(), static_cast<std::uint32_t>(hour + 1))});
  }
  const absl::Status status = pushed.get();
  EXPECT_TRUE(status.ok()) << status;
}

TEST(PusherOnAStream, HalfAnAcknowledgementIsForgottenWithItsConnection) {
  ScriptedStream server;
  auto pushed = Push(OptionsFor(server), 1);
  ASSERT_TRUE(server.Welcome(4));
  ASSERT_TRUE(server.ReadBatch().has_value());
  server.Send("\x20\x12");  // an Ack of 32 bytes begins
  ASSERT_TRUE(server.Welcome(4));
  ASSERT_TRUE(server.ReadBatch().has_value());
  server.SendAck({AllAccepted(1, 1)});
  const Pushed done = pushed.get();
  EXPECT_TRUE(done.status.ok()) << done.status;
  EXPECT_EQ(done.totals.resent, 1u);
}

TEST(PusherOnAStream, ErrorsEndItByTheirKindUnlessAnotherTryMayHelp) {
  struct Row {
    wire::ErrorMessage error;
    absl::StatusCode code;
  };
  const std::vector<Row> rows = {
      {{"unknown_wave", "no", false}, absl::StatusCode::kNotFound},
      {{"not_allowed", "no", false}, absl::StatusCode::kPermissionDenied},
      {{"bad_batch", "no", false}, absl::StatusCode::kInvalidArgument},
      {{"overloaded", "later", true}, absl::StatusCode::kOk},
  };
  for (const Row& row : rows) {
    ScriptedStream server;
    auto pushed = Push(OptionsFor(server), 1);
    ASSERT_TRUE(server.Welcome(4)) << row.error.code;
    ASSERT_TRUE(server.ReadBatch().has_value()) << row.error.code;
    server.SendError(row.error);
    if (row.error.retryable) {
      ASSERT_TRUE(server.Welcome(4)) << row.error.code;
      ASSERT_TRUE(server.ReadBatch().has_value()) << row.error.code;
      server.SendAck({AllAccepted(1, 1)});
    }
    const Pushed done = pushed.get();
    EXPECT_EQ(done.status.code(), row.code) << row.error.code << ": " << done.status;
    EXPECT_EQ(done.totals.resent, row.error.retryable ? 1u : 0u) << row.error.code;
  }
}

}  // namespace
}  // namespace panelpuls::testing
