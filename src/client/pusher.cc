#include "client/pusher.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "client/outgoing.h"
#include "client/patience.h"
#include "client/target.h"
#include "client/transport.h"

namespace panelpuls::client {
namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds kLongestRetry{5};

steady_clock::duration Duration(double seconds) {
  return std::chrono::duration_cast<steady_clock::duration>(Seconds(seconds));
}

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
        backoff(Seconds(the_options.first_retry_s)),
        patience(Duration(the_options.give_up_after_s)) {
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
    transport->keep_waiting = [this](steady_clock::time_point now) { return KeepWaiting(now); };
    transport->deadline = [this] { return patience.Deadline(); };
  }

  absl::Status Add(wave::RecordKind kind, std::string_view bytes, std::uint64_t tag);
  absl::Status Enqueue();
  absl::Status Connect();
  // Sends until at most `left` batches are unacknowledged.
  absl::Status Drain(std::size_t left);
  absl::Status DrainNow(std::size_t left);
  absl::Status Recover(const Step& step);
  absl::Status Acknowledge(const wave::BatchOutcome& outcome);
  void Tell(const std::vector<PushResult>& results);
  absl::Status Split(const Step& step);
  absl::Status Pause(const Step& step);
  absl::Status GiveUp(const Step& step, Seconds left) const;
  absl::Status KeepWaiting(steady_clock::time_point now);

  const PusherOptions options;
  std::unique_ptr<Transport> transport;
  Backoff backoff;
  std::function<void(const PushResult&)> listener;
  PushTotals totals;
  Micros simulated_time = kNoTime;
  OutgoingBatch gathering;
  Window window;
  bool connected_before = false;
  Patience patience;
  std::string failure;  // of the last try; empty: it acknowledged, or is under way
  absl::Status ended;   // not ok: gave up, or the server will never take it
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

absl::Status Pusher::Impl::Connect() {
  patience.Begin(steady_clock::now());
  while (ended.ok() && !connected_before) ended = Recover(transport->Advance(window, false));
  patience.End(steady_clock::now(), ended.ok());
  return ended;
}

absl::Status Pusher::Impl::Drain(std::size_t left) {
  patience.Begin(steady_clock::now());
  absl::Status status = DrainNow(left);
  patience.End(steady_clock::now(), window.empty());
  return status;
}

absl::Status Pusher::Impl::DrainNow(std::size_t left) {
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
      return Split(step);
    case Step::kBroken:
      return step.at_once ? absl::OkStatus() : Pause(step);
  }
  return absl::OkStatus();
}

// A server that finds even one record too large may find everything too large: such an answer is no
// progress, and what comes next waits as after any other refusal.
absl::Status Pusher::Impl::Split(const Step& step) {
  PP_CHECK(step.index < window.size());
  const auto place = window.begin() + static_cast<std::ptrdiff_t>(step.index);
  if (place->size() > 1) {
    OutgoingBatch rest = place->SplitOff();
    window.insert(place + 1, std::move(rest));
    return absl::OkStatus();
  }
  const auto results = place->RejectAll("the record alone is larger than the server takes");
  window.erase(place);
  Tell(results);
  return step.status.ok() ? absl::OkStatus() : Pause(step);
}

absl::Status Pusher::Impl::Pause(const Step& step) {
  const auto now = steady_clock::now();
  const Seconds left = patience.Deadline() - now;
  // Towards the end shorter again, so that the time is used to its end.
  Seconds pause = std::min<Seconds>(backoff.Next(), left / 2);
  if (pause < Seconds(options.first_retry_s) / 2) return GiveUp(step, left);
  if (step.retry_after.has_value()) pause = std::max<Seconds>(pause, *step.retry_after);
  if (pause >= left) return GiveUp(step, left);
  failure.assign(ToStd(step.status.message()));
  const auto until = now + std::chrono::duration_cast<steady_clock::duration>(pause);
  for (auto at = now; at < until; at = steady_clock::now()) {
    PP_RETURN_IF_ERROR(KeepWaiting(at));
    std::this_thread::sleep_until(std::min(until, at + kSlice));
  }
  return absl::OkStatus();
}

absl::Status Pusher::Impl::GiveUp(const Step& step, Seconds left) const {
  const std::string_view said = ToStd(step.status.message());
  if (step.retry_after.has_value() && *step.retry_after >= left && left > Seconds(1)) {
    return Unavailable(
        "gave up: {} asks to be left alone for {} s, which is more than the {:.0f} s that are left "
        "of {}; it said: {}",
        options.target, step.retry_after->count(), left.count(), options.give_up_after_s, said);
  }
  return Unavailable(
      "gave up after {} s without progress, which is an acknowledgement of {}; the "
      "last try said: {}",
      options.give_up_after_s, options.target, said);
}

absl::Status Pusher::Impl::KeepWaiting(steady_clock::time_point now) {
  if (!options.keep_waiting) return absl::OkStatus();
  const PushWait wait{
      .reason = failure,
      .without_progress_s = Seconds(patience.WithoutProgress(now)).count(),
      .gives_up_in_s = std::max(0.0, Seconds(patience.Deadline() - now).count()),
  };
  if (options.keep_waiting(wait)) return absl::OkStatus();
  return absl::CancelledError("interrupted");
}

absl::Status Pusher::Impl::Acknowledge(const wave::BatchOutcome& outcome) {
  PP_CHECK(!window.empty());
  PP_ASSIGN_OR_RETURN(const auto results, window.front().Results(outcome));
  window.pop_front();
  patience.Reset(steady_clock::now());
  failure.clear();
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
  // The greeting says at once whether this server takes this wave.
  if (tcp) PP_RETURN_IF_ERROR(impl->Connect());
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

PushTotals Pusher::totals() const {
  PushTotals totals = impl_->totals;
  for (const OutgoingBatch& batch : impl_->window)
    totals.unknown += batch.was_sent ? batch.size() : 0;
  return totals;
}

}  // namespace panelpuls::client
