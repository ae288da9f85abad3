// The connections of one io thread: how many there may be, and which of them makes room when all
// places are taken. A newcomer is worth more than a connection that does nothing, so those who
// were silent for longest are closed first; HTTP keeps a few places in reserve for who only asks
// how the server is.
// Threads  its io thread alone.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

#include "server/connection/asio.h"
#include "server/observation/metrics.h"

namespace panelpuls::server {

class Connection;

// Where a connection stands. In reserve it may ask for /healthz, /readyz and /metrics alone.
enum class Place { kOwn, kReserve };

// How readily a connection makes room: the first kind first, in a kind whose `since` is longest
// ago.
struct Standing {
  enum Kind {
    kSilent,  // since it was accepted it has asked for nothing: no whole head, no Hello
    kIdle,    // between two requests, nothing in flight
    kSlow,    // waits for its peer, in the middle of a request or an answer
    kBusy,    // waits for us: it keeps its place
  } kind = kBusy;
  SteadyTime since{};
};

struct ConnectionLimits {
  std::size_t connections = 0;
  std::size_t reserve = 0;  // places besides
};

class Connections {
 public:
  // `metrics` outlives it.
  Connections(Transport transport, const ConnectionLimits& limits, Metrics& metrics);

  void Add(Connection* connection);
  // Its socket is closed, though it is still there: it takes no place any more.
  void Leave(Connection* connection);
  void Remove(Connection* connection);
  bool empty() const { return all_.empty(); }
  std::vector<Connection*> All() const { return {all_.begin(), all_.end()}; }

  // For a newcomer; closes another connection where that makes room. nullopt: no place.
  std::optional<Place> MakeRoom(SteadyTime now);
  // A place of its own for one in reserve; false: there still is none.
  bool Promote(Connection* connection, SteadyTime now);
  // Closes the one that may go first, if any may.
  bool EvictOne(SteadyTime now);

 private:
  std::size_t& Taken(Place place) { return place == Place::kOwn ? own_ : reserve_; }
  bool EvictFrom(Place place, SteadyTime now);

  const Transport transport_;
  const ConnectionLimits limits_;
  Metrics& metrics_;
  std::unordered_set<Connection*> all_;
  std::unordered_set<Connection*> placed_;  // of all_, whose sockets are open
  std::size_t own_ = 0;
  std::size_t reserve_ = 0;
};

}  // namespace panelpuls::server
