#include "server/handlers/batches.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "server/handlers/batch_answers.h"
#include "server/http/media_type.h"
#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

std::optional<Response> CheckBatchHead(const RequestHead& head, const ServerOptions& options) {
  const MediaType type = ParseMediaType(head.content_type);
  if (type != MediaType::kJson && type != MediaType::kProtobuf) {
    Response response =
        ToResponse({415, ProblemType::kMediaType,
                    "Content-Type must be application/json or application/x-protobuf"});
    response.fields.emplace_back("Accept-Post", "application/json, application/x-protobuf");
    return response;
  }
  if (ParseContentCoding(head.content_encoding) == ContentCoding::kOther) {
    Response response = ToResponse({415, ProblemType::kContentEncoding,
                                    "Content-Encoding must be gzip or identity, or be left out"});
    response.fields.emplace_back("Accept-Encoding", "gzip, identity");
    return response;
  }
  if (head.content_length.value_or(0) > options.max_body_bytes) {
    return ToResponse({413, ProblemType::kBodyTooLarge,
                       fmt::format("a body of {} bytes is too large; send batches of at most {}",
                                   *head.content_length, options.max_body_bytes)});
  }
  if (!head.expect.empty() && !EqualsIgnoringCase(head.expect, "100-continue")) {
    return ToResponse({417, ProblemType::kExpect, "Expect must be 100-continue or be left out"});
  }
  return std::nullopt;
}

Response NotDecoded(const absl::Status& status) {
  Response response = ToResponse(ProblemOf(status));
  if (absl::IsUnavailable(status)) response.fields.emplace_back("Retry-After", "1");
  return response;
}

// What the connection holds for a batch and its answer, until the answer is written.
class HeldForBatch {
 public:
  explicit HeldForBatch(Connection& connection) : bytes_(connection.batch_bytes()) {}
  ~HeldForBatch() { bytes_.Set(0); }
  HeldForBatch(const HeldForBatch&) = delete;
  HeldForBatch& operator=(const HeldForBatch&) = delete;

 private:
  ByteBudget::Share& bytes_;
};

// A batch that was queued; one that has not ended when this goes is held on by the thread.
class QueuedBatch final : public BatchWaiter {
 public:
  QueuedBatch(Exchange& exchange, ThreadIntake& intake) : exchange_(exchange), intake_(intake) {}
  ~QueuedBatch() override {
    if (in_flight_) intake_.LeaveBehind(exchange_.connection().batch_bytes().bytes());
  }

  void Begin() { in_flight_ = true; }
  void OnBatchDone(std::unique_ptr<engine::Batch> batch) override {
    done_ = std::move(batch);
    in_flight_ = false;
    exchange_.wake().Set();
  }
  // Null: the connection was cut off before.
  asio::awaitable<std::unique_ptr<engine::Batch>> Wait() {
    while (done_ == nullptr && !exchange_.connection().aborted()) {
      auto wait = exchange_.wake().Wait();
      co_await std::move(wait);
    }
    co_return std::move(done_);
  }

 private:
  Exchange& exchange_;
  ThreadIntake& intake_;
  bool in_flight_ = false;
  std::unique_ptr<engine::Batch> done_;
};

}  // namespace

asio::awaitable<void> Batches::Answer(Exchange& exchange) {
  Metrics& metrics = exchange.connection().io_thread().metrics();
  if (auto refusal = CheckBatchHead(exchange.head(), exchange.options())) {
    metrics.CountRefusedBatch(Transport::kHttp);
    auto send = exchange.Send(*std::move(refusal));
    co_return co_await std::move(send);
  }
  auto receive = exchange.ReceiveBody();
  ReadResult received = co_await std::move(receive);
  if (received.kind == ReadResult::kEnded) co_return;
  if (received.kind == ReadResult::kRefused) {
    metrics.CountRefusedBatch(Transport::kHttp);
    auto refuse = exchange.Refuse(std::move(received.problem));
    co_return co_await std::move(refuse);
  }
  metrics.CountReceivedBytes(Transport::kHttp, exchange.body().arrived());

  const HeldForBatch held(exchange.connection());
  auto decode = Decode(exchange);
  auto decoded = co_await std::move(decode);
  if (!decoded.ok()) {
    metrics.CountRefusedBatch(Transport::kHttp);
    WarnSeldom("http batch refused", ToStd(decoded.status().message()));
    auto send = exchange.Send(NotDecoded(decoded.status()));
    co_return co_await std::move(send);
  }
  auto submit = Submit(exchange, *decoded);
  co_await std::move(submit);
}

asio::awaitable<absl::StatusOr<DecodedBatch>> Batches::Decode(Exchange& exchange) {
  const std::string_view bytes = exchange.body().bytes();
  if (bytes.size() > Exchange::kLongBodyBytes) {
    auto turn = exchange.connection().io_thread().decode_turns().Next();
    co_await std::move(turn);
  }
  const bool json = ParseMediaType(exchange.head().content_type) == MediaType::kJson;
  DecodeOptions options;
  options.format = json ? wire::BatchFormat::kJson : wire::BatchFormat::kProtobuf;
  options.padded = true;
  auto decode = intake_.Decode(bytes, options, exchange.connection(), exchange.wake(),
                               Exchange::kPatienceForRoom);
  auto decoded = co_await std::move(decode);
  exchange.ReleaseBody();
  co_return decoded;
}

asio::awaitable<void> Batches::Submit(Exchange& exchange, DecodedBatch& decoded) {
  const auto queued = std::make_shared<QueuedBatch>(exchange, intake_);
  const engine::SubmitResult submitted = intake_.Submit(decoded, queued);
  if (submitted != engine::SubmitResult::kQueued) {
    intake_.Recycle(std::move(decoded.batch));
    auto send = exchange.Send(BusyResponse(submitted));
    co_return co_await std::move(send);
  }
  queued->Begin();
  auto wait = queued->Wait();
  std::unique_ptr<engine::Batch> batch = co_await std::move(wait);
  if (batch == nullptr) co_return;
  Response response = batch->end == engine::BatchEnd::kDurable
                          ? OutcomeResponse(batch->outcome, exchange.head())
                          : UndurableResponse(batch->end);
  intake_.Recycle(std::move(batch));
  exchange.connection().batch_bytes().Set(response.body.size());
  auto send = exchange.Send(std::move(response));
  co_await std::move(send);
}

}  // namespace panelpuls::server
