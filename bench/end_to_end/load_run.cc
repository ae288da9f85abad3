#include "end_to_end/load_run.h"

#include <utility>

namespace panelpuls::bench {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

LoadRun::LoadRun(Meter& meter) : meter_(meter) {
  events_.acknowledged = [this] { EndIfDone(); };
  events_.failed = [this](const std::string& why) { Fail(why); };
  meter_.on_released = [this] { asio::post(io_, [this] { Deal(); }); };
}

absl::Status LoadRun::Connect(const PusherOptions& options, unsigned connections) {
  const auto connect = options.target.scheme == client::Target::kTcp ? &ConnectTcp : &ConnectHttp;
  for (unsigned i = 0; i < connections; ++i) {
    PP_ASSIGN_OR_RETURN(auto pusher, connect(io_, options, meter_, events_));
    pushers_.push_back(std::move(pusher));
  }
  return absl::OkStatus();
}

absl::Status LoadRun::Run() {
  const SteadyTime now = SteadyClock::now();
  meter_.Begin(now);
  patience_.expires_at(meter_.end() + kPatience);
  patience_.async_wait([this](const ErrorCode& error) {
    if (!error) Fail("acknowledgements did not come within ten seconds of the end");
  });
  Deal();
  if (meter_.is_open_loop()) ArmTimer();
  io_.run();
  return status_;
}

// A batch to each connection in turn, as long as any takes one.
void LoadRun::Deal() {
  std::size_t refused = 0;
  while (refused < pushers_.size()) {
    turn_ = (turn_ + 1) % pushers_.size();
    refused = pushers_[turn_]->Take() ? 0 : refused + 1;
  }
  for (const auto& pusher : pushers_) pusher->Flush();
}

void LoadRun::ArmTimer() {
  timer_.expires_at(std::min(meter_.NextDue(), meter_.end()));
  timer_.async_wait([this](const ErrorCode& error) {
    if (error || done_) return;
    Deal();
    if (meter_.IsOver(SteadyClock::now())) return EndIfDone();
    // What is due already waits for an acknowledgement, which lets its connection take it.
    if (meter_.NextDue() > SteadyClock::now()) return ArmTimer();
    timer_.expires_after(std::chrono::milliseconds(1));
    timer_.async_wait([this](const ErrorCode& stopped) {
      if (!stopped && !done_) ArmTimer();
    });
  });
}

void LoadRun::EndIfDone() {
  if (done_ || !meter_.IsOver(SteadyClock::now()) || !meter_.AllAcknowledged()) return;
  done_ = true;
  io_.stop();
}

void LoadRun::Fail(const std::string& why) {
  if (done_) return;
  done_ = true;
  status_ = Unavailable("{}", why);
  io_.stop();
}

}  // namespace panelpuls::bench
