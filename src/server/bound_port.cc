#include "server/bound_port.h"

#include <unistd.h>

#include <utility>

namespace panelpuls::server {
namespace {

absl::Status CannotListen(const std::string& address, std::uint16_t port, const ErrorCode& error) {
  const char* const mend =
      IsWantOfDescriptors(error)
          ? "raise the limit on descriptors (ulimit -n, LimitNOFILE of systemd)"
          : "stop what listens there, or choose another port";
  return Unavailable("cannot listen on {}:{}: {}; {}", address, port, error.message(), mend);
}

}  // namespace

absl::StatusOr<BoundPort> BoundPort::Take(const std::string& address, std::uint16_t port) {
  asio::io_context context;
  tcp::acceptor acceptor(context);
  ErrorCode error;
  const tcp::endpoint endpoint(asio::ip::make_address(address, error), port);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  int descriptor = -1;
  if (!error) descriptor = acceptor.release(error);
  if (error) return CannotListen(address, port, error);
  return BoundPort(endpoint, descriptor);
}

BoundPort::~BoundPort() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

BoundPort::BoundPort(BoundPort&& other) noexcept
    : endpoint_(other.endpoint_), descriptor_(std::exchange(other.descriptor_, -1)) {}

absl::Status BoundPort::Listen(tcp::acceptor& acceptor) && {
  ErrorCode error;
  acceptor.assign(endpoint_.protocol(), descriptor_, error);
  if (!error) {
    descriptor_ = -1;
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (!error) acceptor.non_blocking(true, error);
  if (!error) return absl::OkStatus();
  return CannotListen(endpoint_.address().to_string(), endpoint_.port(), error);
}

}  // namespace panelpuls::server
