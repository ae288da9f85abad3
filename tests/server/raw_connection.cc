#include "server/raw_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/status.h"

namespace panelpuls::testing {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

RawConnection::RawConnection(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  PP_CHECK(socket_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    closed_ = true;
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawConnection::~RawConnection() {
  if (socket_ >= 0) ::close(socket_);
}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      buffer_(std::move(other.buffer_)),
      closed_(other.closed_),
      continues_(other.continues_) {}

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::SendByteByByte(std::string_view bytes) {
  for (const char& byte : bytes) Send({&byte, 1});
}

void RawConnection::FinishSending() { ::shutdown(socket_, SHUT_WR); }

void RawConnection::Reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
  closed_ = true;
}

void RawConnection::LimitReceiveBuffer(int bytes) {
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool RawConnection::ReadMore(std::chrono::milliseconds deadline) {
  if (closed_) return false;
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(deadline.count())) <= 0) return false;
  char piece[64 * 1024];
  const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
  if (got <= 0) {
    closed_ = true;
    was_reset_ = got < 0 && errno == ECONNRESET;
    return false;
  }
  buffer_.append(piece, static_cast<std::size_t>(got));
  return true;
}

std::optional<HttpAnswer> RawConnection::ReadHead() {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!ReadMore()) return std::nullopt;
    end = buffer_.find("\r\n\r\n");
  }
  HttpAnswer answer;
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  answer.status = static_cast<unsigned>(std::strtoul(head.c_str() + 9, nullptr, 10));
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t stop = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    answer.fields[Lower(head.substr(line, colon - line))] =
        head.substr(colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  return answer;
}

HttpAnswer RawConnection::ReadAnswer(bool head_only) {
  auto answer = ReadHead();
  while (answer.has_value() && answer->status == 100) {
    ++continues_;
    answer = ReadHead();
  }
  if (!answer.has_value()) {
    HttpAnswer none;
    none.closed = closed_;
    return none;
  }
  const std::string length = answer->Field("content-length");
  if (head_only || answer->status == 304) return *answer;
  const std::size_t wanted = length.empty() ? std::string::npos : std::stoul(length);
  while (buffer_.size() < wanted && ReadMore()) {
  }
  answer->body = buffer_.substr(0, wanted);
  buffer_.erase(0, wanted);
  answer->closed = closed_;
  return *answer;
}

bool RawConnection::IsClosedByPeer() { return buffer_.empty() && !ReadMore() && closed_; }

HttpAnswer Exchange(std::uint16_t port, std::string_view request) {
  RawConnection connection(port);
  connection.Send(request);
  return connection.ReadAnswer();
}

HttpAnswer Get(std::uint16_t port, std::string_view path, std::string_view more_fields) {
  return Exchange(port, fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}Connection: close\r\n\r\n",
                                    path, more_fields));
}

HttpAnswer PostJson(std::uint16_t port, std::string_view body, std::string_view path) {
  return Exchange(port,
                  fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                              "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                              path, body.size(), body));
}

std::string PostHead(std::string_view fields, std::string_view version) {
  return fmt::format(
      "POST /v1/responses HTTP/{}\r\nHost: a\r\nContent-Type: application/json\r\n{}", version,
      fields);
}

}  // namespace panelpuls::testing
