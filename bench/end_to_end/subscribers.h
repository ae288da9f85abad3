// Connections on /v1/stream that take gzip, as browsers do, read and throw away what comes, and
// count the events.
// Threads  one of its own; Start and Stop by one caller. What it found is read after Stop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/status.h"
#include "client/target.h"
#include "end_to_end/asio.h"

namespace panelpuls::bench {

// Counts the events of a stream that comes in pieces, packed or not.
class EventCounter {
 public:
  void Take(std::string_view piece);
  std::uint64_t events() const { return events_; }

 private:
  std::string rest_;  // the begin of what may be a mark
  std::uint64_t events_ = 0;
};

class Subscribers {
 public:
  Subscribers(const client::Target& target, unsigned count);
  ~Subscribers();

  // Connects all.
  absl::Status Start();
  void Stop();

  std::uint64_t events() const;
  std::uint64_t bytes() const { return bytes_; }
  // Connections that the server ended.
  unsigned lost() const { return lost_; }

 private:
  struct Subscriber;
  void Read(Subscriber& subscriber);

  const client::Target target_;
  const unsigned count_;
  asio::io_context io_{1};
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
  std::thread thread_;
  std::uint64_t bytes_ = 0;
  unsigned lost_ = 0;
};

}  // namespace panelpuls::bench
