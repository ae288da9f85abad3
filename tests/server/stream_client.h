// The other side of the TCP stream, as a test wants it: every message sent as told, every message
// received looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/raw_connection.h"
#include "server/running_server.h"
#include "wire/stream.h"

namespace panelpuls::testing {

class StreamClient {
 public:
  explicit StreamClient(std::uint16_t port) : connection_(port) {}

  RawConnection& connection() { return connection_; }
  // Hello, and the server's answer to it.
  std::optional<wire::ServerMessageView> Greet(const wire::HelloMessage& hello = {});
  bool SendBatch(const std::string& batch_bytes);
  // The next message; nullopt: closed, or none within the deadline.
  std::optional<wire::ServerMessageView> Read();
  // Reads acknowledgements until `through`; the outcomes in the order they came.
  std::vector<wave::BatchOutcome> ReadAcks(std::uint64_t through);
  // The Error that ends the stream; acknowledgements before it go to *acks.
  std::optional<wire::ErrorMessage> ReadError(std::vector<wave::BatchOutcome>* acks = nullptr);

 private:
  RawConnection connection_;
};

// Serialized Batch.
std::string BatchBytes(const std::vector<ResponseText>& responses, std::uint64_t sequence,
                       std::string_view wave = {}, Micros simulated_time = kNoTime);
std::string ResponseBytes(const ResponseText& response);

}  // namespace panelpuls::testing
