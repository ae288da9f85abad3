#include "client/fake_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "server/raw_connection.h"

namespace panelpuls::testing {
namespace {

std::size_t ContentLength(std::string_view head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string_view::npos ? 0 : std::strtoul(head.data() + at + 16, nullptr, 10);
}

}  // namespace

FakeServer::FakeServer(Handler handler, bool holds) : handler_(std::move(handler)), holds_(holds) {
  PP_CHECK(::pipe(wake_) == 0);
  thread_ = std::thread([this] { Run(); });
}

FakeServer::~FakeServer() {
  PP_CHECK(::write(wake_[1], "x", 1) == 1);
  thread_.join();
  ::close(wake_[0]);
  ::close(wake_[1]);
}

std::string FakeServer::url() const { return fmt::format("http://127.0.0.1:{}", listener_.port()); }

std::vector<std::string> FakeServer::heads() const {
  std::lock_guard lock(mutex_);
  return heads_;
}

std::size_t FakeServer::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

void FakeServer::Run() {
  for (;;) {
    pollfd waiting[2] = {{listener_.socket(), POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return;
    const int socket = ::accept(listener_.socket(), nullptr, nullptr);
    if (socket < 0) continue;
    {
      std::lock_guard lock(mutex_);
      ++connections_;
    }
    Serve(socket);
    ::close(socket);
  }
}

void FakeServer::Serve(int socket) {
  std::string buffer;
  for (;;) {
    const std::size_t head_end = buffer.find("\r\n\r\n");
    const std::size_t size =
        head_end == std::string::npos ? std::string::npos : head_end + 4 + ContentLength(buffer);
    if (size <= buffer.size()) {
      const std::string request = buffer.substr(0, size);
      buffer.erase(0, size);
      {
        std::lock_guard lock(mutex_);
        heads_.push_back(request.substr(0, head_end));
      }
      const std::string answer = handler_(request);
      if (answer.empty() && !holds_) return;
      if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
      if (holds_) return Hold(socket);
      continue;
    }
    pollfd waiting[2] = {{socket, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return;
    char piece[64 * 1024];
    const ssize_t got = ::recv(socket, piece, sizeof piece, 0);
    if (got <= 0) return;
    buffer.append(piece, static_cast<std::size_t>(got));
  }
}

// Until the other side closes.
void FakeServer::Hold(int socket) const {
  for (;;) {
    pollfd waiting[2] = {{socket, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return;
    char piece[4096];
    if (::recv(socket, piece, sizeof piece, 0) <= 0) return;
  }
}

std::string Forward(std::uint16_t port, const std::string& request) {
  const HttpAnswer answer = Exchange(port, request);
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
                     answer.status, answer.Field("content-type"), answer.body.size(), answer.body);
}

std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

}  // namespace panelpuls::testing
