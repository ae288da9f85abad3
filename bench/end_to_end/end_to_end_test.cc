// The parts of the end-to-end benchmark that its figures rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "end_to_end/ack_log.h"
#include "end_to_end/batch_frame.h"
#include "end_to_end/histogram.h"
#include "end_to_end/http_answer.h"
#include "end_to_end/poller.h"
#include "end_to_end/subscribers.h"
#include "end_to_end/workload.h"
#include "panelpuls/v1/snapshot.pb.h"
#include "panelpuls/v1/stream.pb.h"
#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

TEST(Histogram, IsWithinThreeDigitsOfTheSortedValues) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> spread(10, 3);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::uint64_t>(spread(random)));
    histogram.Record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double quantile : {0.0001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(quantile * 20'000));
    const std::uint64_t exact = values[rank - 1];
    EXPECT_GE(histogram.ValueAt(quantile), exact) << quantile;
    EXPECT_LE(histogram.ValueAt(quantile), exact + exact / 1000) << quantile;
  }
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.count(), values.size());
}

TEST(Histogram, HoldsEveryPowerOfTwoAndItsNeighbours) {
  for (int bits = 1; bits < 40; ++bits) {
    const std::uint64_t power = std::uint64_t{1} << bits;
    for (const std::uint64_t value : {power - 1, power, power + 1}) {
      Histogram histogram;
      histogram.Record(value);
      histogram.Record(std::uint64_t{1} << 39);  // so that the largest does not hide the bucket
      EXPECT_GE(histogram.ValueAt(0.5), value) << value;
      EXPECT_LE(histogram.ValueAt(0.5), value + value / 1000) << value;
    }
  }
}

TEST(Histogram, WithoutValuesIsZero) { EXPECT_EQ(Histogram().ValueAt(0.99), 0u); }

std::string ResponseFile(int responses) {
  std::string file;
  for (int i = 0; i < responses; ++i) {
    v1::Response response;
    response.set_respondent_id(fmt::format("SIM{:05}", i));
    response.set_channel(i % 2 == 0 ? "eboks" : "cati");
    response.set_revision(static_cast<std::uint32_t>(i));
    v1::Answer& answer = *response.add_answers();
    answer.set_question("revenue");
    answer.add_options(std::string(static_cast<std::size_t>(i % 200), 'x'));
    wire::AppendDelimited(response.SerializeAsString(), file);
  }
  return file;
}

// The batch as the server gets it.
v1::Batch Received(const Slice& slice, std::uint64_t sequence) {
  const BatchTrailer trailer(sequence);
  const BatchHeader header(slice.bytes.size() + trailer.text().size());
  std::string bytes(header.text());
  bytes += slice.bytes;
  bytes += trailer.text();
  const wire::Frame frame = wire::NextFrame(bytes, 1 << 20);
  EXPECT_EQ(frame.state, wire::Frame::kWhole);
  EXPECT_EQ(frame.consumed, bytes.size());
  v1::ClientMessage message;
  EXPECT_TRUE(message.ParseFromArray(frame.message.data(), static_cast<int>(frame.message.size())));
  return message.batch();
}

TEST(Workload, BatchesHoldWhatStandsInTheFile) {
  constexpr int kResponses = 1'000;
  const std::string file = ResponseFile(kResponses);
  for (const std::uint32_t batch_size : {1u, 7u, 128u, 1'000u, 5'000u}) {
    auto workload = Workload::Make(file, batch_size);
    ASSERT_TRUE(workload.ok()) << workload.status();
    int place = 0;
    for (std::uint64_t sequence = 1; place < kResponses; sequence += 1'000) {
      const std::optional<Slice> slice = workload->Take();
      ASSERT_TRUE(slice.has_value());
      const v1::Batch batch = Received(*slice, sequence);
      EXPECT_EQ(batch.sequence(), sequence);
      EXPECT_EQ(static_cast<std::uint32_t>(batch.responses_size()), slice->responses);
      EXPECT_LE(slice->responses, batch_size);
      for (const v1::Response& response : batch.responses()) {
        EXPECT_EQ(response.respondent_id(), fmt::format("000{:05}", place));
        EXPECT_EQ(response.revision(), static_cast<std::uint32_t>(place));
        EXPECT_EQ(response.answers(0).options(0).size(), static_cast<std::size_t>(place % 200));
        ++place;
      }
      workload->Release(*slice);
    }
    EXPECT_EQ(place, kResponses);
  }
}

TEST(Workload, NoPassMeetsAUnitOfAnother) {
  auto workload = Workload::Make(ResponseFile(10), 4);
  ASSERT_TRUE(workload.ok());
  std::set<std::string> ids;
  constexpr int kPasses = 1'500;  // more than the last two digits of a mark can say
  for (int slices = 0; slices < 3 * kPasses; ++slices) {
    const std::optional<Slice> slice = workload->Take();
    ASSERT_TRUE(slice.has_value());
    const v1::Batch batch = Received(*slice, 1);
    for (const v1::Response& response : batch.responses()) ids.insert(response.respondent_id());
    workload->Release(*slice);
  }
  EXPECT_EQ(ids.size(), 10u * kPasses);
}

TEST(Workload, BytesThatAreOutAreNotChanged) {
  auto workload = Workload::Make(ResponseFile(2), 1);
  ASSERT_TRUE(workload.ok());
  const std::optional<Slice> first = workload->Take();
  const std::optional<Slice> second = workload->Take();
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(workload->Take().has_value());
  EXPECT_EQ(Received(*first, 1).responses(0).respondent_id(), "00000000");
  workload->Release(*first);
  const std::optional<Slice> again = workload->Take();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(Received(*again, 1).responses(0).respondent_id(), "00100000");
  EXPECT_FALSE(workload->Take().has_value());
}

TEST(Workload, RefusesWhatItCannotMark) {
  const auto file = [](std::vector<std::string> ids) {
    std::string bytes;
    for (const std::string& id : ids) {
      v1::Response response;
      response.set_respondent_id(id);
      wire::AppendDelimited(response.SerializeAsString(), bytes);
    }
    return bytes;
  };
  const struct {
    const char* name;
    std::string file;
    std::uint32_t batch_size;
    const char* message;
  } cases[] = {
      {"nothing", "", 1, "no response"},
      {"no delimited messages", "respondent_id,channel\n", 1, "record 1"},
      {"cut short", file({"A0001", "A0002"}).substr(0, 12), 1, "record 2"},
      {"short id", file({"A0001", "A01"}), 1, "record 2"},
      {"ids that the mark makes equal", file({"AAA01", "BBB01"}), 1, "first 3 bytes"},
      {"empty batches", file({"A0001"}), 0, "at least one"},
  };
  for (const auto& test : cases) {
    const auto workload = Workload::Make(test.file, test.batch_size);
    ASSERT_FALSE(workload.ok()) << test.name;
    EXPECT_THAT(std::string(workload.status().message()), ::testing::HasSubstr(test.message));
  }
}

TEST(AckLog, CountsFromTheFirstResponseThatIsNotShown) {
  const SteadyTime begin = SteadyClock::now();
  const auto at = [&](int millis) { return begin + std::chrono::milliseconds(millis); };
  AckLog acks;
  acks.Append(100, at(10));
  acks.Append(100, at(15));  // nothing new was accepted
  acks.Append(250, at(20));
  const struct {
    std::uint64_t shown;
    int read_at;
    std::uint64_t stale_ms;
  } cases[] = {
      {0, 30, 20},  {99, 30, 20}, {100, 30, 10}, {249, 30, 10},
      {250, 30, 0}, {900, 30, 0}, {100, 5, 0}  // read before it was acknowledged
  };
  for (const auto& test : cases) {
    EXPECT_EQ(acks.Staleness(test.shown, at(test.read_at)), test.stale_ms * 1'000'000)
        << test.shown << " shown at " << test.read_at;
  }
}

TEST(HttpAnswer, IsReadPieceByPiece) {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nServer: x\r\netag: \"7-protobuf\"\r\ncontent-length:  5\r\n\r\nhello";
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_EQ(ParseHttpAnswer(whole.substr(0, bytes)).state, HttpAnswer::kNeedMore) << bytes;
  }
  const std::string more = whole + "HTTP";
  const HttpAnswer answer = ParseHttpAnswer(more);
  EXPECT_EQ(answer.state, HttpAnswer::kWhole);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.etag, "\"7-protobuf\"");
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.consumed, whole.size());
}

TEST(HttpAnswer, OfStateNotModifiedHasNoBody) {
  const HttpAnswer answer = ParseHttpAnswer("HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n");
  EXPECT_EQ(answer.state, HttpAnswer::kWhole);
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.body, "");
}

TEST(HttpAnswer, WithoutALengthIsNotUnderstood) {
  EXPECT_EQ(ParseHttpAnswer("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n").state, HttpAnswer::kBad);
  EXPECT_EQ(ParseHttpAnswer("HELO\r\n\r\n").state, HttpAnswer::kBad);
}

TEST(Snapshot, ShowsWhatItsChannelsAccepted) {
  v1::Snapshot snapshot;
  snapshot.mutable_estimates()->set_n(3);
  for (const std::uint64_t accepted : {7u, 0u, 35u}) {
    v1::ChannelCollection& channel = *snapshot.mutable_collection()->add_channels();
    channel.set_channel("eboks");
    channel.set_corrections(2);
    channel.set_accepted(accepted);
    channel.set_tests(accepted / 7);
  }
  EXPECT_EQ(ShownResponses(snapshot.SerializeAsString()), 42u + 6u);
  EXPECT_EQ(ShownResponses("no snapshot"), 0u);
}

TEST(EventCounter, CountsEventsThatComeInPieces) {
  const std::string stream =
      "HTTP/1.1 200 OK\r\nDate: x\r\n\r\nretry: 2000\n\nid: 1\nevent: snapshot\ndata: {\"d\":1}\n\n"
      ": keep-alive\n\nid: 2\nevent: snapshot\ndata: {}\n\n";
  for (std::size_t bytes = 1; bytes <= stream.size(); ++bytes) {
    EventCounter counter;
    for (std::size_t place = 0; place < stream.size(); place += bytes) {
      counter.Take(std::string_view(stream).substr(place, bytes));
    }
    EXPECT_EQ(counter.events(), 2u) << "pieces of " << bytes;
  }
}

}  // namespace
}  // namespace panelpuls::bench
