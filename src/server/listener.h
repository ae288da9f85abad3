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
#include "server/asio.h"
#include "server/bound_port.h"
#include "server/io_thread.h"

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
  using StartSession = void (*)(IoThread& io_thread, tcp::socket socket, Place place);

  // threads[0] accepts; the connections are dealt out to all.
  Listener(std::vector<std::shared_ptr<IoThread>> threads, Transport transport,
           StartSession start_session);

  // Unavailable: it cannot be listened on.
  absl::Status Open(BoundPort port);
  std::uint16_t port() const { return port_; }
  void Start();
  // Any thread.
  void Close();

 private:
  static asio::awaitable<void> Run(std::shared_ptr<Listener> self);
  void Deal(IoThread& io_thread, tcp::socket socket);
  void TurnWaitingAway();

  std::vector<std::shared_ptr<IoThread>> threads_;
  const Transport transport_;
  const StartSession start_session_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  SpareDescriptor spare_;
  std::uint16_t port_ = 0;
  std::size_t next_thread_ = 0;
};

}  // namespace panelpuls::server
