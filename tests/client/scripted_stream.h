// The server's side of the TCP stream, said line by line by a test: whom it greets and how, what it
// acknowledges and when it breaks off. Every wait has a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/loopback_listener.h"
#include "wave/outcome.h"
#include "wire/stream.h"

namespace panelpuls::testing {

class ScriptedStream {
 public:
  ScriptedStream() = default;
  ~ScriptedStream();
  ScriptedStream(const ScriptedStream&) = delete;
  ScriptedStream& operator=(const ScriptedStream&) = delete;

  std::string url() const;

  // Waits for the next connection and its Hello. False: none came.
  bool Accept(std::chrono::milliseconds deadline = std::chrono::seconds(10));
  // The same, and answers it.
  bool Welcome(std::uint32_t max_in_flight,
               std::chrono::milliseconds deadline = std::chrono::seconds(10));
  // Bytes of the next Batch; nullopt: closed, or none within the deadline.
  std::optional<std::string> ReadBatch(
      std::chrono::milliseconds deadline = std::chrono::seconds(10));
  void Send(std::string_view bytes);
  void SendAck(const std::vector<wave::BatchOutcome>& outcomes);
  void SendAck(const std::vector<wave::BatchOutcome>& outcomes, std::uint64_t through_sequence);
  void SendError(const wire::ErrorMessage& error);
  void Close();

 private:
  std::optional<std::string> ReadMessage(std::chrono::milliseconds deadline);

  LoopbackListener listener_;
  int socket_ = -1;
  std::string buffer_;
};

// What a server says of a batch whose records were all accepted.
wave::BatchOutcome AllAccepted(std::uint64_t sequence, std::uint32_t records);

}  // namespace panelpuls::testing
