#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/interruption.h"
#include "cli/output.h"
#include "cli/push_job.h"
#include "client/pusher.h"

namespace panelpuls::cli {
namespace {

using std::chrono::steady_clock;

struct PushArguments {
  WaveArguments wave;
  PushSettings settings;
  client::PusherOptions pusher;
  std::vector<std::string> files;
  std::vector<std::string> event_files;
};

// Says what is waited for: at once when a try failed, else when nothing came for a while, and then
// now and again.
class WaitNotice {
 public:
  explicit WaitNotice(std::string target) : target_(std::move(target)) {}

  // False: Ctrl-C; nobody wants to wait on.
  bool operator()(const client::PushWait& wait) {
    constexpr double kQuietSeconds = 5;
    constexpr std::size_t kMostReasonBytes = 300;
    if (Interruption::Signal() != 0) return false;
    if (wait.reason.empty() && wait.without_progress_s < kQuietSeconds) return true;
    const auto now = steady_clock::now();
    if (now < next_) return true;
    next_ = now + std::chrono::seconds(5);
    Say(fmt::format(
        "waiting for {}: {}; gives up in {:.0f} s", target_,
        wait.reason.empty() ? "no answer yet" : Printable(wait.reason, kMostReasonBytes),
        std::ceil(wait.gives_up_in_s)));
    return true;
  }

 private:
  const std::string target_;
  steady_clock::time_point next_{};
};

std::string Summary(const client::PushTotals& totals) {
  if (totals.sent == 0) return "nothing was sent";
  std::string text =
      fmt::format("{} record{} sent", Thousands(totals.sent), totals.sent == 1 ? "" : "s");
  for (std::size_t result = 0; result < wave::kResultCount; ++result) {
    if (totals.counts[result] == 0) continue;
    text += fmt::format(", {} {}", Thousands(totals.counts[result]), wave::kResultCodes[result]);
  }
  if (totals.unknown > 0) {
    text += fmt::format(", {} without a result, which the server may have or not",
                        Thousands(totals.unknown));
  }
  if (totals.resent > 0) {
    text += fmt::format("; {} sent again over {} new connections", Thousands(totals.resent),
                        totals.reconnects);
  }
  return text;
}

absl::Status PushAll(const PushArguments& arguments, PushJob& job) {
  for (const std::string& file : arguments.files) PP_RETURN_IF_ERROR(job.PushResponses(file));
  for (const std::string& file : arguments.event_files) PP_RETURN_IF_ERROR(job.PushEvents(file));
  return absl::OkStatus();
}

// Of a pusher that did not come to its end.
int FailPushing(const absl::Status& status) {
  if (absl::IsCancelled(status)) {
    const int signal = Interruption::Signal();
    Say(signal == SIGTERM ? "interrupted by SIGTERM" : "interrupted by SIGINT");
    return kExitSignal + signal;
  }
  const int code = Fail(status);
  return absl::IsUnavailable(status) ? kExitGaveUp : code;
}

int Push(PushArguments arguments) {
  // The server has taken the definition as it is.
  arguments.wave.load.takes_unseen_characters = true;
  const auto wave = arguments.wave.Load();
  if (!wave.ok()) return Fail(wave.status());
  if (arguments.files.empty() && arguments.event_files.empty()) {
    Say("nothing to push; name a file of responses, or --events FILE");
    return kExitUsage;
  }
  const absl::Status use = arguments.settings.form.CheckUse(arguments.files, arguments.event_files);
  if (!use.ok()) return Fail(use);
  const Interruption interruption;
  arguments.pusher.wave = (*wave)->id;
  arguments.pusher.keep_waiting = WaitNotice(arguments.pusher.target);
  const auto pusher = client::Pusher::Connect(arguments.pusher);
  if (!pusher.ok()) {
    Say("nothing was sent");
    return FailPushing(pusher.status());
  }
  PushJob job(arguments.settings, **wave, **pusher);
  const absl::Status status = PushAll(arguments, job);
  Say(Summary((*pusher)->totals()));
  if (!job.pusher_status().ok()) return FailPushing(job.pusher_status());
  if (!status.ok()) return Fail(status);
  return job.put_aside() > 0 ? kExitRejected : kExitOk;
}

void AddPusherOptions(CLI::App& command, client::PusherOptions& options) {
  command.add_option("--to", options.target, "http://HOST:PORT or tcp://HOST:PORT")
      ->required()
      ->type_name("URL");
  command.add_option("--batch", options.batch_records, "Records in a batch")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_option("--in-flight", options.max_in_flight, "Batches on their way at once (TCP)")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--gzip", options.gzip, "Compress the bodies (HTTP)");
  command
      .add_option("--give-up-after", options.give_up_after_s, "Seconds without an acknowledgement")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
}

}  // namespace

void AddPush(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<PushArguments>();
  CLI::App* command = app.add_subcommand("push", "Send files of responses to a server");
  arguments->wave.AddTo(*command);
  command->add_option("FILE", arguments->files,
                      "Responses: .csv, .jsonl or .pb; - is standard input, with --input-format");
  command->add_option("--events", arguments->event_files, "Case events: .csv; once a file")
      ->type_name("FILE")
      ->allow_extra_args(false);  // what follows is a file of responses
  command->add_option("--channel", arguments->settings.channel, "Channel of records that name none")
      ->type_name("CODE");
  AddPusherOptions(*command, arguments->pusher);
  arguments->settings.form.AddTo(*command);
  command->footer(Footer(
      "panelpuls push --wave waves/virksomhedspanel-2025-efteraar.textproto --to "
      "tcp://127.0.0.1:8081 responses.csv"
      "\n\nLines that were rejected or cannot be sent go to FILE.rejected.csv, or to "
      "FILE.rejected-2.csv\nand so on when it is there; mend them there and push that file."));
  command->callback([&run, arguments] { run = [arguments] { return Push(*arguments); }; });
}

}  // namespace panelpuls::cli
