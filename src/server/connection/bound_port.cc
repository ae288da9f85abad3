#include "server/connection/bound_port.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
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
  ErrorCode error;
  const tcp::endpoint endpoint(asio::ip::make_address(address, error), port);
  if (error) return CannotListen(address, port, error);
  // Without an event loop, which would take descriptors of its own.
  BoundPort taken(endpoint, ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  constexpr int kYes = 1;
  const bool is_bound =
      taken.descriptor_ >= 0 &&
      ::setsockopt(taken.descriptor_, SOL_SOCKET, SO_REUSEADDR, &kYes, sizeof kYes) == 0 &&
      ::bind(taken.descriptor_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
  if (!is_bound) {
    return CannotListen(address, port, ErrorCode(errno, boost::system::system_category()));
  }
  return taken;
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
