// One io thread: an io_context of its own, the connections that live on it, and what they share.
// Threads  the constructor, OnCalm, Start, BeginStop, Join: the server; context: any; all else: its
// own thread. Waits for  sockets, and for what is posted to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>

#include "base/status.h"
#include "server/connection/asio.h"
#include "server/connection/byte_budget.h"
#include "server/connection/connections.h"
#include "server/connection/shared_bodies.h"
#include "server/connection/turns.h"
#include "server/observation/metrics.h"
#include "server/options.h"

namespace panelpuls::server {

class IoThread {
 public:
  // `options` and `metrics` outlive it. Throws system_error where the system has no descriptors for
  // it.
  IoThread(const ServerOptions& options, Metrics& metrics, std::string name, Transport transport,
           const ConnectionLimits& limits);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Called on the thread when much was held for peers and little has been for a while: for whoever
  // keeps memory from batch to batch.
  void OnCalm(std::function<void()> give_back) { give_back_ = std::move(give_back); }
  // Unavailable: no thread can be made.
  absl::Status Start();
  // Lets every connection finish what it began; those that have not after the grace are cut off.
  void BeginStop();
  // Returns when no connection is left.
  void Join();

  asio::io_context& context() { return context_; }
  const ServerOptions& options() const { return options_; }
  Metrics& metrics() { return metrics_; }
  // Of long batches: to begin reading a body, so that few lie half read beside each other and what
  // is decoded is in a cache still; and to decode one, so that a reader is seen in between.
  Turns& body_turns() { return body_turns_; }
  Turns& decode_turns() { return decode_turns_; }
  // Long messages while they are read; batches from being decoded until they are answered, and
  // answers until they are written.
  ByteBudget& message_budget() { return message_budget_; }
  ByteBudget& batch_budget() { return batch_budget_; }
  SharedBodies& shared_bodies() { return shared_bodies_; }
  bool stopping() const { return stopping_; }
  // IMF-fixdate of now, made once a second.
  std::string_view Date();

  Connections& connections() { return connections_; }
  void Add(Connection* connection);
  void Remove(Connection* connection);

 private:
  void Run();
  void ArmSweeper();
  void Sweep();
  void EndIfIdle();
  void GiveBackMemory(SteadyTime now);

  const ServerOptions& options_;
  Metrics& metrics_;
  const std::string name_;
  asio::io_context context_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  ByteBudget message_budget_;
  ByteBudget batch_budget_;
  SharedBodies shared_bodies_;
  Turns body_turns_;
  Turns decode_turns_;
  asio::steady_timer sweeper_;
  bool sweeper_armed_ = false;
  // Most that was held since memory was given back, and since when little is held.
  std::size_t held_peak_ = 0;
  SteadyTime little_held_since_ = SteadyTime::max();
  Connections connections_;
  std::function<void()> give_back_;
  bool stopping_ = false;
  SteadyTime cut_off_at_ = SteadyTime::max();
  std::string date_;
  std::int64_t date_second_ = -1;
  std::thread thread_;
};

}  // namespace panelpuls::server
