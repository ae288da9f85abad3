// Decoding batches of 1,000 responses with 16 answers and 4 categories, as the panel's collectors
// send them, and responses of the real wave down to the resolved record. items_per_second:
// responses; bytes_per_response: on the wire.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cstring>
#include <random>

#include "panelpuls/v1/batch.pb.h"
#include "state/panel.h"
#include "testing/allocation_count.h"
#include "wave/resolver.h"
#include "wire/batch_reader.h"
#include "wire/plain_response.h"
#include "wire/protobuf_record.h"
#include "wire/random_response.h"

namespace panelpuls::wire {
namespace {

constexpr int kResponses = 1000;
constexpr int kAnswers = 16;
constexpr std::size_t kPadding = 64;

v1::Batch MakeBatch() {
  constexpr const char* kOptions[] = {"up", "same", "down", "dont_know"};
  v1::Batch batch;
  batch.set_wave("virksomhedspanel-2025-efteraar");
  batch.set_sequence(1);
  for (int i = 0; i < kResponses; ++i) {
    v1::Response& response = *batch.add_responses();
    response.set_respondent_id(fmt::format("{:08}", 10'000'000 + i));
    response.set_channel(i % 4 == 0 ? "cati" : "eboks");
    response.set_revision(1);
    response.mutable_collected_at()->set_seconds(1'759'831'200 + i);
    for (int j = 0; j < kAnswers; ++j) {
      v1::Answer& answer = *response.add_answers();
      answer.set_question(fmt::format("question_{}", j));
      answer.add_options(kOptions[(i + j) % 4]);
    }
    for (const auto& [dimension, category] :
         {std::pair("industry", "bygge"), {"size", "1-9"}, {"area", "fyn"}, {"age", "6-10"}}) {
      v1::CategoryValue& value = *response.add_categories();
      value.set_dimension(dimension);
      value.set_category(category);
    }
  }
  return batch;
}

class CountingSink final : public BatchSink {
 public:
  absl::Status OnHeader(const BatchHeader&) override { return absl::OkStatus(); }
  void OnResponse(std::uint32_t, const wave::RawResponse& response) override {
    ++responses;
    answers += response.answers.size();
    bytes += response.respondent_id.size() + response.options[15].size();
  }
  void OnCaseEvent(std::uint32_t, const wave::RawCaseEvent&) override {}
  void OnBadRecord(wave::RecordKind, std::uint32_t, const RecordFault&) override { ++bad; }
  std::uint64_t responses = 0, answers = 0, bytes = 0, bad = 0;
};

void Report(benchmark::State& state, std::size_t size, std::uint64_t allocated) {
  state.SetItemsProcessed(state.iterations() * kResponses);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
  state.counters["bytes_per_response"] = static_cast<double>(size) / kResponses;
  state.counters["time_per_response"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kResponses,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocations_per_response"] =
      static_cast<double>(allocated) / (static_cast<double>(state.iterations()) * kResponses);
}

void Decode(benchmark::State& state, std::string bytes, BatchFormat format) {
  const std::size_t size = bytes.size();
  bytes.append(kPadding, '\0');
  const std::string_view batch(bytes.data(), size);
  BatchReader reader({});
  CountingSink check;
  if (!reader.Read(batch, format, check, true).ok() || check.responses != kResponses ||
      check.answers != std::uint64_t{kResponses} * kAnswers || check.bad != 0) {
    state.SkipWithError("the batch is not decoded right");
    return;
  }
  CountingSink sink;
  const std::uint64_t before = testing::AllocationCount();
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader.Read(batch, format, sink, true));
  }
  Report(state, size, testing::AllocationCount() - before);
}

void BM_Decode_Protobuf(benchmark::State& state) {
  Decode(state, MakeBatch().SerializeAsString(), BatchFormat::kProtobuf);
}
BENCHMARK(BM_Decode_Protobuf);

void BM_Decode_Json(benchmark::State& state) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(MakeBatch(), &json).ok()) std::abort();
  Decode(state, std::move(json), BatchFormat::kJson);
}
BENCHMARK(BM_Decode_Json);

// What the bytes cost at least: one copy of them.
void BM_Decode_LimitCopy(benchmark::State& state) {
  const std::string bytes = MakeBatch().SerializeAsString();
  std::string copy(bytes.size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  Report(state, bytes.size(), 0);
}
BENCHMARK(BM_Decode_LimitCopy);

// The generated classes on the same bytes, message kept.
void BM_Decode_GeneratedClasses(benchmark::State& state) {
  const std::string bytes = MakeBatch().SerializeAsString();
  v1::Batch batch;
  const std::uint64_t before = testing::AllocationCount();
  for (auto _ : state) {
    benchmark::DoNotOptimize(batch.ParseFromString(bytes));
  }
  Report(state, bytes.size(), testing::AllocationCount() - before);
}
BENCHMARK(BM_Decode_GeneratedClasses);

// Argument: 1 with the plain decoder, 0 with reader and resolver alone.
void BM_Decode_ToRecord(benchmark::State& state) {
  const std::shared_ptr<const wave::Wave> wave = bench::RealWave(1000);
  std::mt19937_64 random(1);
  std::vector<std::string> responses;
  std::size_t bytes = 0;
  for (int i = 0; i < kResponses; ++i) {
    responses.push_back(
        bench::RandomResponse(*wave, fmt::format("{:08}", i), random).SerializeAsString());
    bytes += responses.back().size();
  }
  wave::Resolver resolver(wave, {});
  PlainResponseDecoder plain(wave);
  wave::RawResponse raw;
  RecordFault fault;
  IgnoredFields ignored;
  wave::Rejection rejection;
  const std::size_t size = wave->layout.size;
  std::vector<std::byte> expected(kResponses * size);
  std::vector<std::byte> records(kResponses * size);
  const auto resolve = [&](std::size_t i, std::vector<std::byte>& into) {
    return DecodeResponse(responses[i], raw, ignored, fault) &&
           resolver.Resolve(raw, std::span(into).subspan(i * size, size), &rejection);
  };
  std::string_view id;
  const auto decode = [&](std::size_t i, std::vector<std::byte>& into) {
    return plain.Decode(responses[i], std::span(into).subspan(i * size, size), &id);
  };
  bool right = true;
  for (std::size_t i = 0; i < kResponses; ++i) right &= resolve(i, expected) && decode(i, records);
  if (!right || records != expected) {
    state.SkipWithError("the responses are not decoded right");
    return;
  }
  const std::uint64_t before = testing::AllocationCount();
  for (auto _ : state) {
    for (std::size_t i = 0; i < kResponses; ++i) {
      benchmark::DoNotOptimize(state.range(0) == 1 ? decode(i, records) : resolve(i, records));
    }
  }
  Report(state, bytes, testing::AllocationCount() - before);
}
BENCHMARK(BM_Decode_ToRecord)->ArgName("plain")->Arg(0)->Arg(1);

}  // namespace
}  // namespace panelpuls::wire

BENCHMARK_MAIN();
