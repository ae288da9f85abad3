#include "server/http_session.h"

#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "base/printable.h"
#include "server/http_batch.h"
#include "server/log.h"
#include "server/media_type.h"
#include "server/read_side.h"

namespace panelpuls::server {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Of one in reserve, whose place others need soon.
constexpr std::chrono::seconds kReservePatience{2};

// Taking in a shorter body holds others up for less than turns would cost.
constexpr std::size_t kLongBodyBytes = 16u << 10;

// Of a method that changes nothing (RFC 9110, 9.2.1).
bool IsSafe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

// The one answer that changes with what peers send: 1,000 entries of each kind.
constexpr std::size_t kMostAttentionBytes = 2u << 20;

// What a body or the answer to it waits for room at most.
constexpr std::chrono::seconds kPatienceForRoom{5};

BodyDecoder::Options BodyOptionsOf(const RequestHead& head, const ServerOptions& options) {
  BodyDecoder::Options body;
  body.gzip = ParseContentCoding(head.content_encoding) == ContentCoding::kGzip;
  body.max_bytes = options.max_body_bytes;
  if (!body.gzip && !head.chunked) body.known_bytes = head.content_length.value_or(0);
  return body;
}

ReadResult NoRoomForBody() {
  ReadResult result;
  result.kind = ReadResult::kRefused;
  result.problem = {503, ProblemType::kOverloaded,
                    "too many long bodies are being read; send smaller batches, or again later"};
  return result;
}

Response NotDecoded(const absl::Status& status) {
  Response response = ToResponse(ProblemOf(status));
  if (absl::IsUnavailable(status)) response.fields.emplace_back("Retry-After", "1");
  return response;
}

// A request whose head could not be read is answered as this one would be.
RequestHead UnreadableHead() {
  RequestHead head;
  head.keep_alive = false;
  return head;
}

}  // namespace

void HttpSession::Start(IoThread& io_thread, tcp::socket socket, Place place) {
  auto session = std::make_shared<HttpSession>(io_thread, std::move(socket), place);
  auto run = Run(std::move(session));
  asio::co_spawn(io_thread.context(), std::move(run), [](std::exception_ptr error) {
    if (error) spdlog::error("an HTTP session ended by an exception of its own");
  });
}

HttpSession::HttpSession(IoThread& io_thread, tcp::socket the_socket, Place place)
    : Connection(io_thread, std::move(the_socket), Transport::kHttp, place),
      reader_(*this),
      wake_(io_thread.context()) {}

HttpSession::~HttpSession() {
  if (in_flight_) io_thread().LeaveBehind(batch_bytes().bytes());
}

void HttpSession::BeginStop() {
  if (idle_) CancelRead();
  wake_.Set();
}

Standing HttpSession::standing() const {
  if (!has_asked_) return {Standing::kSilent, opened_at()};
  if (idle_) return {Standing::kIdle, reads_since().value_or(opened_at())};
  if (const auto since = writes_since()) return {Standing::kSlow, *since};
  if (const auto since = reads_since()) return {Standing::kSlow, *since};
  return {};
}

void HttpSession::OnBatchDone(std::unique_ptr<engine::Batch> batch) {
  done_ = std::move(batch);
  in_flight_ = false;
  wake_.Set();
}

asio::awaitable<void> HttpSession::Run(std::shared_ptr<HttpSession> self) {
  try {
    Next next = Next::kKeepAlive;
    while (next == Next::kKeepAlive) {
      auto serve = self->ServeOne();
      next = co_await std::move(serve);
    }
    if (next == Next::kCloseGently) {
      auto close = self->CloseGently();
      co_await std::move(close);
    }
  } catch (const std::exception& error) {
    LogError("http session", error.what());
  }
}

asio::awaitable<HttpSession::Next> HttpSession::ServeOne() {
  if (io_thread().stopping() || aborted()) co_return Next::kClose;
  idle_ = true;
  SetReadDeadline(place() == Place::kReserve ? kReservePatience
                                             : std::chrono::seconds(options().idle_timeout_s));
  auto wait = reader_.WaitForRequest();
  const bool arrived = co_await std::move(wait);
  idle_ = false;
  if (!arrived) co_return Next::kClose;

  SetReadDeadline(place() == Place::kReserve ? kReservePatience
                                             : std::chrono::seconds(options().request_timeout_s));
  RequestHead head;
  auto read = reader_.ReadHead(&head);
  ReadResult result = co_await std::move(read);
  if (result.kind == ReadResult::kEnded) {
    if (!read_timed_out()) co_return Next::kClose;
    auto refuse = Refuse({408, ProblemType::kTooSlow, "the request's head did not arrive in time"});
    co_return co_await std::move(refuse);
  }
  if (result.kind == ReadResult::kRefused) {
    auto refuse = Refuse(std::move(result.problem));
    co_return co_await std::move(refuse);
  }
  has_asked_ = true;
  auto answer = AnswerRequest(head);
  co_return co_await std::move(answer);
}

asio::awaitable<HttpSession::Next> HttpSession::Refuse(Problem problem) {
  WarnSeldom("http request refused", problem.detail);
  const RequestHead head = UnreadableHead();
  Response response = ToResponse(problem);
  response.close = true;
  if (problem.status == 503) response.fields.emplace_back("Retry-After", "1");
  auto send = Send(head, std::move(response));
  const Next next = co_await std::move(send);
  co_return next == Next::kClose ? Next::kClose : Next::kCloseGently;
}

std::optional<Problem> HttpSession::CheckNames(const RequestHead& head) {
  const ServedNames& names = io_thread().shared().names;
  std::optional<Authority> asked;
  if (head.authority.has_value()) {
    asked = ParseAuthority(*head.authority);
    if (!asked.has_value()) {
      return Problem{
          400, ProblemType::kBadFraming,
          fmt::format("Host \"{}\" is no name with or without a port", Printable(*head.authority))};
    }
    if (!names.Serves(*asked)) {
      return Problem{421, ProblemType::kMisdirected,
                     fmt::format("\"{}\" is not served here; its operator names what is "
                                 "(panelpuls serve --host NAME)",
                                 Printable(*head.authority))};
    }
  }
  if (head.origin.has_value() && !IsSafe(head.method) && !names.MayChange(*head.origin, asked)) {
    return Problem{403, ProblemType::kForeignOrigin,
                   fmt::format("a page of \"{}\" may not send anything here; its operator allows "
                               "it by name (panelpuls serve --host NAME)",
                               Printable(*head.origin))};
  }
  return std::nullopt;
}

std::optional<Response> HttpSession::CheckRoute(const Route& route, const RequestHead& head) {
  if (const auto problem = CheckNames(head)) {
    WarnSeldom("http request of another name refused", problem->detail);
    return ToResponse(*problem);
  }
  const Shared& shared = io_thread().shared();
  if (route.resource == Resource::kNone) {
    return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
  }
  if (route.wave.has_value() && *route.wave != shared.engine.wave().id) {
    return ToResponse(
        {404, ProblemType::kUnknownWave,
         fmt::format("wave \"{}\" is not open here; \"{}\" is",
                     Printable(*route.wave, kMostQuotedOfSender), shared.engine.wave().id)});
  }
  if (!IsAllowed(route.resource, head.method)) {
    Response response =
        ToResponse({405, ProblemType::kMethod,
                    fmt::format("this path takes {}", AllowedMethods(route.resource))});
    response.fields.emplace_back("Allow", AllowedMethods(route.resource));
    return response;
  }
  const Role role = shared.access->RoleOf(BearerToken(head.authorization));
  if (route.resource == Resource::kResponses ? !MayWrite(role) : !MayRead(role)) {
    return ToResponse({403, ProblemType::kNotAllowed, "the token does not allow this"});
  }
  return std::nullopt;
}

// One in reserve has no place of its own: it takes one that has become free, or may only ask how
// the server is.
std::optional<Response> HttpSession::CheckPlace(const Route& route) {
  if (place() == Place::kOwn) return std::nullopt;
  const bool asks_how_it_is = route.resource == Resource::kHealth ||
                              route.resource == Resource::kReady ||
                              route.resource == Resource::kMetrics;
  if (asks_how_it_is || io_thread().connections().Promote(this, std::chrono::steady_clock::now())) {
    return std::nullopt;
  }
  io_thread().shared().metrics.CountTurnedAway(Transport::kHttp);
  Response response = ToResponse(
      {503, ProblemType::kOverloaded, "too many connections are open; connect again later"});
  response.fields.emplace_back("Retry-After", "5");
  response.close = true;
  return response;
}

asio::awaitable<HttpSession::Next> HttpSession::AnswerRequest(const RequestHead& head) {
  const Route route = FindRoute(head.segments);
  auto refusal = CheckRoute(route, head);
  if (!refusal.has_value()) refusal = CheckPlace(route);
  if (refusal.has_value()) {
    refusal->close |= head.has_body();
    auto send = Send(head, *std::move(refusal));
    co_return co_await std::move(send);
  }
  if (route.resource == Resource::kResponses) {
    auto receive = ReceiveBatch(head);
    co_return co_await std::move(receive);
  }
  ClearReadDeadline();
  if (route.resource == Resource::kExportResponses) {
    auto serve = ServeExport(head);
    co_return co_await std::move(serve);
  }
  if (route.resource == Resource::kStream) {
    auto stream = ServeStream(head);
    co_return co_await std::move(stream);
  }
  const std::size_t own_bytes = route.resource == Resource::kAttention ? kMostAttentionBytes : 0;
  if (own_bytes > 0) {
    auto turn = io_thread().decode_turns().Next();
    co_await std::move(turn);
  }
  Response response = TryHold(batch_bytes(), own_bytes) ? AnswerRead(route, head, io_thread())
                                                        : BusyResponse(engine::SubmitResult::kFull);
  response.close = head.has_body();  // nobody reads the body of a GET
  if (own_bytes > 0) batch_bytes().Set(response.body.size());
  auto send = Send(head, std::move(response));
  const Next next = co_await std::move(send);
  batch_bytes().Set(0);
  co_return next;
}

std::optional<Response> HttpSession::CheckBatchHead(const RequestHead& head) {
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
  if (head.content_length.value_or(0) > options().max_body_bytes) {
    return ToResponse({413, ProblemType::kBodyTooLarge,
                       fmt::format("a body of {} bytes is too large; send batches of at most {}",
                                   *head.content_length, options().max_body_bytes)});
  }
  if (!head.expect.empty() && !EqualsIgnoringCase(head.expect, "100-continue")) {
    return ToResponse({417, ProblemType::kExpect, "Expect must be 100-continue or be left out"});
  }
  return std::nullopt;
}

asio::awaitable<ReadResult> HttpSession::ReceiveBody(const RequestHead& head) {
  const BodyDecoder::Options body = BodyOptionsOf(head, options());
  // A chunked body asks for room when it has become long.
  if (body.gzip || !head.chunked) {
    auto make_room = MakeRoom(BodyDecoder::MostRoom(body));
    if (!co_await std::move(make_room)) co_return NoRoomForBody();
  }
  if (head.chunked || head.content_length.value_or(0) > kLongBodyBytes) {
    auto turn = io_thread().body_turns().Next();
    co_await std::move(turn);
  }
  const bool waits = !head.expect.empty() && !head.http_1_0 && head.has_body();
  if (waits && !reader_.body_has_begun()) {
    const std::array buffers = {asio::const_buffer(asio::buffer(kContinue))};
    auto write = WriteAll(buffers, std::chrono::seconds(options().request_timeout_s));
    if (!co_await std::move(write)) {
      ReadResult ended;
      ended.kind = ReadResult::kEnded;
      co_return ended;
    }
  }
  body_.Begin(body);
  const auto make_room = [this, bytes = BodyDecoder::MostRoom(body)] { return MakeRoom(bytes); };
  auto read = reader_.ReadBody(body_, options().max_body_bytes, make_room);
  ReadResult result = co_await std::move(read);
  if (found_no_room_) result = NoRoomForBody();
  co_return result;
}

asio::awaitable<bool> HttpSession::MakeRoom(std::size_t bytes) {
  if (TryHold(message_bytes(), bytes)) co_return true;
  ClearReadDeadline();
  auto hold =
      Hold(message_bytes(), bytes, wake_, std::chrono::steady_clock::now() + kPatienceForRoom);
  const bool has_room = co_await std::move(hold);
  found_no_room_ = !has_room;
  SetReadDeadline(std::chrono::seconds(options().request_timeout_s));
  co_return has_room;
}

asio::awaitable<absl::StatusOr<DecodedBatch>> HttpSession::DecodeBody(const RequestHead& head) {
  const bool json = ParseMediaType(head.content_type) == MediaType::kJson;
  DecodeOptions decode;
  decode.format = json ? wire::BatchFormat::kJson : wire::BatchFormat::kProtobuf;
  decode.padded = true;
  auto decoded = io_thread().intake().Decode(body_.bytes(), decode);
  if (decoded.ok() && !TryHold(batch_bytes(), decoded->held_bytes)) {
    // Decoded again when there is room: what waits holds its body alone.
    const std::size_t needed = decoded->held_bytes;
    io_thread().intake().Recycle(std::move(decoded->batch));
    auto hold =
        Hold(batch_bytes(), needed, wake_, std::chrono::steady_clock::now() + kPatienceForRoom);
    if (!co_await std::move(hold)) {
      co_return absl::UnavailableError("too many results wait to be read; send the batch again");
    }
    decoded = io_thread().intake().Decode(body_.bytes(), decode);
    if (decoded.ok()) decoded->held_bytes = needed;
  }
  body_.Release();
  message_bytes().Set(0);
  co_return decoded;
}

asio::awaitable<HttpSession::Next> HttpSession::ReceiveBatch(const RequestHead& head) {
  Metrics& metrics = io_thread().shared().metrics;
  if (auto refusal = CheckBatchHead(head)) {
    metrics.CountRefusedBatch(Transport::kHttp);
    refusal->close = head.has_body();
    auto send = Send(head, *std::move(refusal));
    co_return co_await std::move(send);
  }
  auto receive = ReceiveBody(head);
  ReadResult result = co_await std::move(receive);
  if (result.kind == ReadResult::kEnded) {
    if (!read_timed_out()) co_return Next::kClose;
    result.problem = {408, ProblemType::kTooSlow,
                      "the body did not arrive in time; send smaller batches"};
  }
  if (result.kind != ReadResult::kOk) {
    metrics.CountRefusedBatch(Transport::kHttp);
    auto refuse = Refuse(std::move(result.problem));
    co_return co_await std::move(refuse);
  }
  ClearReadDeadline();
  metrics.CountReceivedBytes(Transport::kHttp, body_.arrived());

  if (body_.bytes().size() > kLongBodyBytes) {
    auto turn = io_thread().decode_turns().Next();
    co_await std::move(turn);
  }
  auto decode = DecodeBody(head);
  auto decoded = co_await std::move(decode);
  if (!decoded.ok()) {
    metrics.CountRefusedBatch(Transport::kHttp);
    WarnSeldom("http batch refused", ToStd(decoded.status().message()));
    auto send = Send(head, NotDecoded(decoded.status()));
    co_return co_await std::move(send);
  }
  auto answer = AnswerBatch(head, *decoded);
  const Next next = co_await std::move(answer);
  if (!in_flight_) batch_bytes().Set(0);
  co_return next;
}

asio::awaitable<HttpSession::Next> HttpSession::AnswerBatch(const RequestHead& head,
                                                            DecodedBatch& decoded) {
  auto waiter = std::static_pointer_cast<HttpSession>(shared_from_this());
  const engine::SubmitResult submitted = io_thread().Submit(decoded, std::move(waiter));
  if (submitted != engine::SubmitResult::kQueued) {
    io_thread().intake().Recycle(std::move(decoded.batch));
    auto send = Send(head, BusyResponse(submitted));
    co_return co_await std::move(send);
  }
  in_flight_ = true;
  auto wait = AwaitBatch();
  std::unique_ptr<engine::Batch> batch = co_await std::move(wait);
  if (batch == nullptr) co_return Next::kClose;
  Response response = batch->end == engine::BatchEnd::kDurable
                          ? OutcomeResponse(batch->outcome, head)
                          : UndurableResponse(batch->end);
  io_thread().intake().Recycle(std::move(batch));
  batch_bytes().Set(response.body.size());
  auto send = Send(head, std::move(response));
  co_return co_await std::move(send);
}

asio::awaitable<std::unique_ptr<engine::Batch>> HttpSession::AwaitBatch() {
  while (done_ == nullptr && !aborted()) {
    auto wait = wake_.Wait();
    co_await std::move(wait);
  }
  co_return std::move(done_);
}

asio::awaitable<HttpSession::Next> HttpSession::Send(const RequestHead& head, Response response) {
  HeadOptions head_options;
  head_options.http_1_0 = head.http_1_0;
  head_options.keep_alive =
      head.keep_alive && !response.close && !io_thread().stopping() && place() == Place::kOwn;
  head_options.date = io_thread().Date();
  const std::string text = ResponseHead(response, head_options);
  const bool with_body = head.method != "HEAD" && response.status != 304;
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(text), with_body ? asio::buffer(response.body) : asio::const_buffer()};
  io_thread().shared().metrics.CountRequest(response.status);
  const std::chrono::seconds timeout(options().request_timeout_s);
  // What is held for this peer alone is in batch_bytes() already.
  const bool shared = response.body_owner != nullptr && batch_bytes().bytes() == 0;
  auto write = shared ? WriteShared(buffers, timeout, response.body_owner.get())
                      : WriteAll(buffers, timeout);
  const bool written = co_await std::move(write);
  if (!written) co_return Next::kClose;
  if (head_options.keep_alive) co_return Next::kKeepAlive;
  co_return response.close ? Next::kCloseGently : Next::kClose;
}

}  // namespace panelpuls::server
