// Counters of the server and of the engine behind it, as Prometheus text.
// Threads  any; the library's counters are atomic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/engine.h"

namespace prometheus {
class Registry;
class Counter;
class Gauge;
}  // namespace prometheus

namespace panelpuls::server {

enum class Transport : std::uint8_t { kHttp, kTcp };
inline constexpr std::size_t kTransportCount = 2;

class Metrics {
 public:
  // `engine` outlives it.
  explicit Metrics(const engine::Engine& engine);
  ~Metrics();

  void CountRequest(unsigned status);
  // A batch refused as a whole: broken, too large, unknown wave.
  void CountRefusedBatch(Transport transport);
  void CountReceivedBytes(Transport transport, std::size_t bytes);
  void OpenConnection(Transport transport);
  void CloseConnection(Transport transport);
  void CountTurnedAway(Transport transport);
  // Closed to make room for another.
  void CountEvicted(Transport transport);
  void SetConnectionLimit(Transport transport, std::size_t most);
  void SetStreamLimit(std::size_t most);
  void OpenStream();
  void CloseStream();
  void CountStreamEvent();

  std::string Text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::server
