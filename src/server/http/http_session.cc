#include "server/http/http_session.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "base/status.h"
#include "server/observation/log.h"

namespace panelpuls::server {

void HttpSession::Start(const Common& common, tcp::socket socket, Place place) {
  auto session = std::make_shared<HttpSession>(common, std::move(socket), place);
  auto run = Run(std::move(session));
  asio::co_spawn(common.io_thread.context(), std::move(run), [](std::exception_ptr error) {
    if (error) spdlog::error("an HTTP session ended by an exception of its own");
  });
}

std::string_view HttpSession::TurnedAway() {
  return "HTTP/1.1 503 Service Unavailable\r\nServer: panelpuls\r\nRetry-After: 5\r\n"
         "Content-Length: 0\r\nConnection: close\r\n\r\n";
}

HttpSession::HttpSession(const Common& common, tcp::socket the_socket, Place place)
    : Connection(common.io_thread, std::move(the_socket), Transport::kHttp, place),
      common_(common),
      reader_(*this),
      wake_(common.io_thread.context()),
      channel_{*this, reader_, body_, wake_} {}

void HttpSession::BeginStop() {
  if (awaits_message()) CancelRead();
  wake_.Set();
}

asio::awaitable<void> HttpSession::Run(std::shared_ptr<HttpSession> self) {
  try {
    auto end = Exchange::End::kKeepAlive;
    while (end == Exchange::End::kKeepAlive) {
      auto serve = self->ServeOne();
      end = co_await std::move(serve);
    }
    if (end == Exchange::End::kCloseGently) {
      auto close = self->CloseGently();
      co_await std::move(close);
    }
  } catch (const std::exception& error) {
    LogError("http session", error.what());
  }
}

asio::awaitable<Exchange::End> HttpSession::ServeOne() {
  if (io_thread().stopping() || aborted()) co_return Exchange::End::kClose;
  AwaitMessage();
  auto wait = reader_.WaitForRequest();
  if (!co_await std::move(wait)) co_return Exchange::End::kClose;

  BeginMessage();
  RequestHead head;
  auto read = reader_.ReadHead(&head);
  ReadResult result = co_await std::move(read);
  if (result.kind == ReadResult::kEnded) {
    if (!read_timed_out()) co_return Exchange::End::kClose;
    result.problem = {408, ProblemType::kTooSlow, "the request's head did not arrive in time"};
  }
  if (result.kind != ReadResult::kOk) {
    const RequestHead unread;
    Exchange exchange(channel_, unread, Route{});
    auto refuse = exchange.Refuse(std::move(result.problem));
    co_await std::move(refuse);
    co_return exchange.end();
  }
  HasAsked();
  Exchange exchange(channel_, head, FindRoute(head.segments));
  auto answer = Answer(exchange);
  co_await std::move(answer);
  co_return exchange.end();
}

asio::awaitable<void> HttpSession::Answer(Exchange& exchange) {
  const Route& route = exchange.route();
  auto refusal = Refusal(exchange.head(), route, common_.admission);
  if (!refusal.has_value()) refusal = CheckPlace(route);
  if (refusal.has_value()) {
    auto send = exchange.Send(*std::move(refusal));
    co_return co_await std::move(send);
  }
  if (!IsWrite(route.resource)) EndMessage();
  Handler* const handler = common_.handlers[static_cast<std::size_t>(route.resource)];
  PP_CHECK(handler != nullptr);
  auto answer = handler->Answer(exchange);
  co_await std::move(answer);
}

// One in reserve has no place of its own: it takes one that has become free, or may only ask how
// the server is.
std::optional<Response> HttpSession::CheckPlace(const Route& route) {
  if (place() == Place::kOwn) return std::nullopt;
  if (AsksHowItIs(route.resource) ||
      io_thread().connections().Promote(this, std::chrono::steady_clock::now())) {
    return std::nullopt;
  }
  io_thread().metrics().CountTurnedAway(Transport::kHttp);
  Response response = ToResponse(
      {503, ProblemType::kOverloaded, "too many connections are open; connect again later"});
  response.fields.emplace_back("Retry-After", "5");
  response.close = true;
  return response;
}

}  // namespace panelpuls::server
