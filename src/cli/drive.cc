#include "cli/drive.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "cli/http_get.h"
#include "cli/output.h"
#include "client/pusher.h"
#include "wire/encode.h"

namespace panelpuls::cli {
namespace {

using std::chrono::steady_clock;

class Driver {
 public:
  Driver(const sim::Fieldwork& fieldwork, const DriveOptions& options, HttpAddress address)
      : fieldwork_(fieldwork),
        wave_(*fieldwork.population().wave()),
        options_(options),
        address_(std::move(address)),
        began_(steady_clock::now()) {}

  absl::Status Connect() {
    PP_ASSIGN_OR_RETURN(http_, ConnectTo(options_.http));
    PP_ASSIGN_OR_RETURN(tcp_, ConnectTo(options_.tcp));
    return absl::OkStatus();
  }

  absl::StatusOr<ReadSnapshot> Run() {
    const std::span<const sim::Message> messages = fieldwork_.messages();
    for (std::size_t begin = 0; begin < messages.size();) {
      const Micros hour = wave_.time_zone.HourStart(messages[begin].send_at);
      std::size_t end = begin;
      while (end < messages.size() && wave_.time_zone.HourStart(messages[end].send_at) == hour)
        ++end;
      PP_RETURN_IF_ERROR(SendHour(messages.subspan(begin, end - begin)));
      const LocalDate today = wave_.time_zone.DateOf(hour);
      const bool day_ends =
          end == messages.size() || wave_.time_zone.DateOf(messages[end].send_at) != today;
      if (day_ends) PP_RETURN_IF_ERROR(SayDay(today));
      begin = end;
    }
    PP_ASSIGN_OR_RETURN(ReadSnapshot snapshot, SettledSnapshot());
    SayTotals();
    return snapshot;
  }

 private:
  absl::StatusOr<std::unique_ptr<client::Pusher>> ConnectTo(const std::string& target) {
    client::PusherOptions options;
    options.target = target;
    options.wave = wave_.id;
    PP_ASSIGN_OR_RETURN(std::unique_ptr<client::Pusher> pusher, client::Pusher::Connect(options));
    pusher->OnResult([this](const client::PushResult& result) {
      const bool refused =
          result.result == wave::Result::kRejected || result.result == wave::Result::kRegisterFull;
      if (!refused || !rejected_.ok()) return;
      rejected_ = Internal(
          "the server rejected a simulated record: {}: {}; does it run the same wave definition?",
          result.field, result.reason);
    });
    return pusher;
  }

  absl::Status SendHour(std::span<const sim::Message> messages) {
    const Micros now = messages.back().send_at;
    WaitUntilDue(now);
    PP_RETURN_IF_ERROR(http_->SetSimulatedTime(now));
    PP_RETURN_IF_ERROR(tcp_->SetSimulatedTime(now));
    for (const sim::Message& message : messages) {
      client::Pusher& pusher = message.channel == 0 ? *http_ : *tcp_;
      bytes_.clear();
      if (message.is_event) {
        wire::AppendCaseEvent(message.event, bytes_);
        PP_RETURN_IF_ERROR(pusher.AddCaseEvent(bytes_, 0));
      } else {
        wire::AppendResponse(message.response, bytes_);
        PP_RETURN_IF_ERROR(pusher.AddResponse(bytes_, 0));
      }
    }
    PP_RETURN_IF_ERROR(http_->Flush());
    PP_RETURN_IF_ERROR(tcp_->Flush());
    return rejected_;
  }

  // Keeps the pace that was asked for; when behind there is nothing to wait for.
  void WaitUntilDue(Micros now) const {
    if (options_.seconds <= 0) return;
    const Micros first = fieldwork_.messages().front().send_at;
    const Micros last = fieldwork_.messages().back().send_at;
    const double share =
        static_cast<double>(now - first) / static_cast<double>(std::max<Micros>(1, last - first));
    std::this_thread::sleep_until(began_ +
                                  std::chrono::duration_cast<steady_clock::duration>(
                                      std::chrono::duration<double>(share * options_.seconds)));
  }

  absl::StatusOr<ReadSnapshot> Snapshot() const {
    PP_ASSIGN_OR_RETURN(const std::string json, HttpGet(address_, "/v1/snapshot"));
    return ParseSnapshot(json);
  }

  // The published snapshot follows the last acknowledgement by a moment: waits until its version
  // stands.
  absl::StatusOr<ReadSnapshot> SettledSnapshot() const {
    constexpr int kLooksAlike = 5;
    constexpr auto kBetweenLooks = std::chrono::milliseconds(120);
    PP_ASSIGN_OR_RETURN(ReadSnapshot last, Snapshot());
    for (int alike = 0; alike < kLooksAlike;) {
      std::this_thread::sleep_for(kBetweenLooks);
      PP_ASSIGN_OR_RETURN(ReadSnapshot next, Snapshot());
      alike = next.version == last.version ? alike + 1 : 0;
      last = std::move(next);
    }
    return last;
  }

  absl::Status SayDay(LocalDate today) const {
    PP_ASSIGN_OR_RETURN(const ReadSnapshot snapshot, Snapshot());
    const ReadFigure* indicator = snapshot.Find("mean", "indicator", "");
    const sim::TruthFigure* truth = fieldwork_.population().FindTruth("mean", "indicator", "");
    std::string text =
        fmt::format("simulated day {:>3}  {}  {:>6} respondents", today - wave_.fieldwork_start + 1,
                    FormatDate(today), Thousands(snapshot.respondents));
    if (indicator != nullptr && truth != nullptr) {
      text += "  indicator ";
      text += indicator->value.has_value() ? fmt::format("{:+6.2f}", *indicator->value) : "     -";
      text += fmt::format("  (truth {:+.2f})", truth->value);
    }
    Say(text);
    return absl::OkStatus();
  }

  void SayTotals() const {
    const double seconds = std::chrono::duration<double>(steady_clock::now() - began_).count();
    std::string text;
    for (std::size_t result = 0; result < wave::kResultCount; ++result) {
      const std::uint64_t count = http_->totals().counts[result] + tcp_->totals().counts[result];
      if (count > 0) text += fmt::format(", {} {}", Thousands(count), wave::kResultCodes[result]);
    }
    Say(fmt::format("{} records over HTTP, {} over TCP in {:.1f} s{}",
                    Thousands(http_->totals().sent), Thousands(tcp_->totals().sent), seconds,
                    text));
    if (options_.seconds > 0 && seconds > options_.seconds * 1.1 + 1) {
      Say(fmt::format("slower than the {} s asked for", options_.seconds));
    }
  }

  const sim::Fieldwork& fieldwork_;
  const wave::Wave& wave_;
  const DriveOptions& options_;
  const HttpAddress address_;
  const steady_clock::time_point began_;
  std::unique_ptr<client::Pusher> http_;
  std::unique_ptr<client::Pusher> tcp_;
  absl::Status rejected_;
  std::string bytes_;
};

}  // namespace

absl::StatusOr<ReadSnapshot> Drive(const sim::Fieldwork& fieldwork, const DriveOptions& options) {
  PP_ASSIGN_OR_RETURN(HttpAddress address, ParseHttpAddress(options.http));
  Driver driver(fieldwork, options, std::move(address));
  PP_RETURN_IF_ERROR(driver.Connect());
  return driver.Run();
}

}  // namespace panelpuls::cli
