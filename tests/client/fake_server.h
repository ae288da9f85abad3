// An HTTP server that says what a test wants: proxies with opinions, servers that are busy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "testing/loopback_listener.h"

namespace panelpuls::testing {

// Serves one connection at a time. The handler gets each whole request (head and body by
// Content-Length) and returns the bytes to answer; empty: the connection is closed instead.
class FakeServer {
 public:
  using Handler = std::function<std::string(const std::string& request)>;
  // With `holds` the connection stays open behind an answer, and nothing more is said.
  explicit FakeServer(Handler handler, bool holds = false);
  ~FakeServer();

  std::uint16_t port() const { return listener_.port(); }
  std::string url() const;
  // Heads of the requests so far.
  std::vector<std::string> heads() const;
  std::size_t connections() const;

 private:
  void Run();
  void Serve(int socket);
  void Hold(int socket) const;

  const Handler handler_;
  const bool holds_;
  LoopbackListener listener_;
  int wake_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::size_t connections_ = 0;
  std::thread thread_;
};

// Sends a whole request to a server as it is, and gives back the answer's bytes.
std::string Forward(std::uint16_t port, const std::string& request);
std::string BodyOf(const std::string& request);

}  // namespace panelpuls::testing
