#include "client/pusher.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "client/outgoing.h"
#include "client/target.h"
#include "client/transport.h"

namespace panelpuls::client {
namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds kLongestRetry{5};

// Pauses between tries: doubled each time, and drawn from their upper half, so that many senders of
// one server that came back do not all come at once.
class Backoff {
 public:
  explicit Backoff(Seconds first) : first_(first), next_(first), random_(std::random_device{}()) {}
  void Reset() { next_ = first_; }
  Seconds Next() {
    const Seconds pause = next_ * std::uniform_real_distribution<double>(0.5, 1.0)(random_);
    next_ = std::min(2 * next_, kLongestRetry);
    return pause;
  }

 private:
  const Seconds first_;
  Seconds next_;
  std::mt19937_64 random_;
};

}  // namespace

struct Pusher::Impl {
  Impl(const PusherOptions& the_options, std::unique_ptr<Transport> the_transport)
      : options(the_options),
        transport(std::move(the_transport)),
        backoff(Seconds(the_options.first_retry_s)) {
    transport->on_send = [this](OutgoingBatch& batch) {
      (batch.was_sent ? totals.resent : totals.sent) += batch.size();
      batch.was_sent = true;
    };
    transport->on_connect = [this] {
      if (connected_before) ++totals.reconnects;
      connected_before = true;
    };
    transport->acknowledge = [this](const wave::BatchOutcome& outcome) {
      return Acknowledge(outcome);
    };
  }

  absl::Status Add(wave::RecordKind kind, std::string_view bytes, std::uint64_t tag);
  absl::Status Enqueue();
  // Sends until at most `left` batches are unacknowledged.
  absl::Status Drain(std::size_t left);
  absl::Status Recover(const Step& step);
  absl::Status Acknowledge(const wave::BatchOutcome& outcome);
  void Tell(const std::vector<PushResult>& results);
  void Split(std::size_t index);
  absl::Status Pause(const Step& step);

  const PusherOptions options;
  std::unique_ptr<Transport> transport;
  Backoff backoff;
  std::function<void(const PushResult&)> listener;
  PushTotals totals;
  Micros simulated_time = kNoTime;
  OutgoingBatch gathering;
  Window window;
  bool connected_before = false;
  std::optional<steady_clock::time_point> failing_since;
  absl::Status ended;  // not ok: gave up, or the server will never take it
};

absl::Status Pusher::Impl::Add(wave::RecordKind kind, std::string_view bytes, std::uint64_t tag) {
  PP_RETURN_IF_ERROR(ended);
  gathering.Add(kind, bytes, tag);
  return gathering.size() >= std::max(options.batch_records, 1u) ? Enqueue() : absl::OkStatus();
}

absl::Status Pusher::Impl::Enqueue() {
  if (gathering.empty()) return absl::OkStatus();
  window.push_back(std::exchange(gathering, OutgoingBatch(simulated_time)));
  const std::size_t allowed =
      std::min<std::size_t>(std::max(options.max_in_flight, 1u), transport->max_in_flight());
  return Drain(allowed > 0 ? allowed - 1 : 0);
}

absl::Status Pusher::Impl::Drain(std::size_t left) {
  PP_RETURN_IF_ERROR(ended);
  // At least one step, so that what was gathered is on its way.
  do {
    const Step step = transport->Advance(window, window.size() > left);
    if (step.kind == Step::kDone) continue;
    ended = Recover(step);
    PP_RETURN_IF_ERROR(ended);
  } while (window.size() > left);
  return absl::OkStatus();
}

absl::Status Pusher::Impl::Recover(const Step& step) {
  switch (step.kind) {
    case Step::kDone:
      return absl::OkStatus();
    case Step::kPermanent:
      return step.status;
    case Step::kTooLarge:
      Split(step.index);
      return absl::OkStatus();
    case Step::kBroken:
      return step.at_once ? absl::OkStatus() : Pause(step);
  }
  return absl::OkStatus();
}

void Pusher::Impl::Split(std::size_t index) {
  if (index >= window.size()) return;
  const auto place = window.begin() + static_cast<std::ptrdiff_t>(index);
  if (place->size() > 1) {
    OutgoingBatch rest = place->SplitOff();
    window.insert(place + 1, std::move(rest));
    return;
  }
  const auto results = place->RejectAll("the record alone is larger than the server takes");
  window.erase(place);
  Tell(results);
}

absl::Status Pusher::Impl::Pause(const Step& step) {
  const auto now = steady_clock::now();
  if (!failing_since.has_value()) failing_since = now;
  const auto give_up_at = *failing_since + std::chrono::duration_cast<steady_clock::duration>(
                                               Seconds(options.give_up_after_s));
  Seconds pause = backoff.Next();
  if (step.retry_after.has_value()) pause = std::max<Seconds>(pause, *step.retry_after);
  if (now + pause >= give_up_at) {
    return Unavailable("gave up after {} s without progress; the last try said: {}",
                       options.give_up_after_s, ToStd(step.status.message()));
  }
  std::this_thread::sleep_for(pause);
  return absl::OkStatus();
}

absl::Status Pusher::Impl::Acknowledge(const wave::BatchOutcome& outcome) {
  PP_CHECK(!window.empty());
  PP_ASSIGN_OR_RETURN(const auto results, window.front().Results(outcome));
  window.pop_front();
  failing_since.reset();
  backoff.Reset();
  Tell(results);
  return absl::OkStatus();
}

void Pusher::Impl::Tell(const std::vector<PushResult>& results) {
  for (const PushResult& result : results) {
    ++totals.counts[static_cast<std::size_t>(result.result)];
    if (listener) listener(result);
  }
}

absl::StatusOr<std::unique_ptr<Pusher>> Pusher::Connect(const PusherOptions& options) {
  TransportOptions transport;
  PP_ASSIGN_OR_RETURN(transport.target, ParseTarget(options.target));
  transport.wave = options.wave;
  transport.token = options.token;
  transport.gzip = options.gzip;
  const bool tcp = transport.target.scheme == Target::kTcp;
  auto impl = std::make_unique<Impl>(
      options, tcp ? MakeTcpTransport(transport) : MakeHttpTransport(transport));
  if (tcp) {
    // The greeting says at once whether this server takes this wave.
    while (!impl->connected_before) {
      const Step step = impl->transport->Advance(impl->window, false);
      PP_RETURN_IF_ERROR(impl->Recover(step));
    }
  }
  return std::unique_ptr<Pusher>(new Pusher(std::move(impl)));
}

Pusher::Pusher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pusher::~Pusher() = default;

void Pusher::OnResult(std::function<void(const PushResult&)> listener) {
  impl_->listener = std::move(listener);
}

absl::Status Pusher::AddResponse(std::string_view bytes, std::uint64_t tag) {
  return impl_->Add(wave::RecordKind::kResponse, bytes, tag);
}

absl::Status Pusher::AddCaseEvent(std::string_view bytes, std::uint64_t tag) {
  return impl_->Add(wave::RecordKind::kCaseEvent, bytes, tag);
}

absl::Status Pusher::SetSimulatedTime(Micros time) {
  if (time == impl_->simulated_time) return absl::OkStatus();
  impl_->simulated_time = time;
  if (impl_->gathering.empty()) {
    impl_->gathering = OutgoingBatch(time);
    return absl::OkStatus();
  }
  return impl_->Enqueue();
}

absl::Status Pusher::Flush() {
  PP_RETURN_IF_ERROR(impl_->Enqueue());
  return impl_->window.empty() ? impl_->ended : impl_->Drain(0);
}

const PushTotals& Pusher::totals() const { return impl_->totals; }

}  // namespace panelpuls::client
