// One listening port: accepts, and deals connections out to the io threads in turn, which give them
// a place or turn them away.
// Threads  its io thread (the first), but for the constructor and Open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "server/connection/asio.h"
#include "server/connection/bound_port.h"
#include "server/connection/io_thread.h"

namespace panelpuls::server {

// A descriptor kept back. When there are no others, one connection after the other can be accepted
// with it, to be turned away rather than left waiting.
class SpareDescriptor {
 public:
  SpareDescriptor() { Take(); }
  ~SpareDescriptor() { GiveUp(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  void Take();  // again, where it is to be had
  void GiveUp();

 private:
  int descriptor_ = -1;
};

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  // On the io thread.
  using StartSession = std::function<void(tcp::socket socket, Place place)>;
  struct Target {
    std::shared_ptr<IoThread> io_thread;
    StartSession start_session;
  };

  // targets[0] accepts; the connections are dealt out to all. `turned_away`: what a connection
  // beyond the limit is told.
  Listener(std::vector<Target> targets, Transport transport, std::string turned_away);

  // Unavailable: it cannot be listened on.
  absl::Status Open(BoundPort port);
  std::uint16_t port() const { return port_; }
  void Start();
  // Any thread.
  void Close();

 private:
  static asio::awaitable<void> Run(std::shared_ptr<Listener> self);
  // On the connection's own io thread.
  void Begin(const Target& target, tcp::socket socket);
  void TurnAway(tcp::socket socket) const;
  void TurnWaitingAway();

  const std::vector<Target> targets_;
  const Transport transport_;
  const std::string turned_away_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  SpareDescriptor spare_;
  std::uint16_t port_ = 0;
  std::size_t next_target_ = 0;
};

}  // namespace panelpuls::server
