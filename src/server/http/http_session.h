// One HTTP connection: requests one after the other. Each is read, admitted, handed to its
// resource's handler and ended here; what is between is its Exchange.
// Threads  its io thread alone.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "server/connection/asio.h"
#include "server/connection/connection.h"
#include "server/connection/wakeup.h"
#include "server/http/admission.h"
#include "server/http/body.h"
#include "server/http/exchange.h"
#include "server/http/handler.h"
#include "server/http/http_reader.h"

namespace panelpuls::server {

class HttpSession final : public Connection {
 public:
  // What the sessions of an io thread have in common.
  struct Common {
    IoThread& io_thread;
    Admission admission;
    const HandlerTable& handlers;
  };
  // On the io thread. The session keeps itself until its connection ends; `common` outlives it.
  static void Start(const Common& common, tcp::socket socket, Place place);
  // What a connection is told for which there is no place.
  static std::string_view TurnedAway();

  HttpSession(const Common& common, tcp::socket socket, Place place);

  void BeginStop() override;

 private:
  static asio::awaitable<void> Run(std::shared_ptr<HttpSession> self);
  asio::awaitable<Exchange::End> ServeOne();
  asio::awaitable<void> Answer(Exchange& exchange);
  std::optional<Response> CheckPlace(const Route& route);
  void OnInterrupted() override { wake_.Set(); }

  const Common& common_;
  HttpReader reader_;
  BodyDecoder body_;
  Wakeup wake_;
  const Exchange::Channel channel_;
};

}  // namespace panelpuls::server
