// A blocking socket to a server on loopback that sends exactly what a test says. Every read has a
// deadline; a test that would wait for ever fails instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace panelpuls::testing {

struct HttpAnswer {
  unsigned status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;
  bool closed = false;  // the connection ended with it

  std::string Field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  }
};

class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  RawConnection& operator=(RawConnection&&) = delete;

  // False: the peer has closed.
  bool Send(std::string_view bytes);
  // As many pieces as bytes.
  void SendByteByByte(std::string_view bytes);
  void FinishSending();
  // Ends the connection with a reset, as a machine that is switched off and on does.
  void Reset();
  void LimitReceiveBuffer(int bytes);

  // More bytes into buffer(); false: closed, or nothing within the deadline.
  bool ReadMore(std::chrono::milliseconds deadline = std::chrono::seconds(10));
  std::string& buffer() { return buffer_; }
  bool closed() const { return closed_; }
  // True: closed by a reset, which may take an answer away before it is read.
  bool was_reset() const { return was_reset_; }

  // One response; its body by Content-Length, or to the end. Skips 100 Continue, which is counted.
  HttpAnswer ReadAnswer(bool head_only = false);
  int continues() const { return continues_; }
  // True: the server closes without another byte.
  bool IsClosedByPeer();

 private:
  std::optional<HttpAnswer> ReadHead();

  int socket_ = -1;
  std::string buffer_;
  bool closed_ = false;
  bool was_reset_ = false;
  int continues_ = 0;
};

// One request on a connection of its own.
HttpAnswer Exchange(std::uint16_t port, std::string_view request);
HttpAnswer Get(std::uint16_t port, std::string_view path, std::string_view more_fields = {});
HttpAnswer PostJson(std::uint16_t port, std::string_view body,
                    std::string_view path = "/v1/responses");

// HTTP/1.1 head of a POST of responses, without its end; `fields` end with CRLF each.
std::string PostHead(std::string_view fields, std::string_view version = "1.1");

}  // namespace panelpuls::testing
