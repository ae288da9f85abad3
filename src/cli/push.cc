#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/rejected_file.h"
#include "client/pusher.h"
#include "wire/encode.h"

namespace panelpuls::cli {
namespace {

constexpr std::uint64_t kReasonsShown = 20;

struct Arguments {
  WaveArguments wave;
  FileArguments form;
  client::PusherOptions pusher;
  std::vector<std::string> files;
  std::vector<std::string> event_files;
  std::string channel;
};

// A record on its way: where it came from, kept until its result is known.
struct Pending {
  std::uint64_t line = 0;
  std::string text;
};

std::string ReasonText(std::string_view field, std::string_view reason) {
  return field.empty() ? std::string(reason) : fmt::format("{}: {}", field, reason);
}

// Pushes files one after the other over one connection.
class PushJob {
 public:
  PushJob(const Arguments& arguments, const wave::Wave& wave, client::Pusher& pusher)
      : arguments_(arguments), wave_(wave), pusher_(pusher) {
    pusher_.OnResult([this](const client::PushResult& result) { Take(result); });
  }

  absl::Status PushResponses(const std::string& file) {
    return PushFile(
        file, [this](std::string_view content, const wire::FileOptions& options) -> absl::Status {
          absl::Status pushed;
          PP_RETURN_IF_ERROR(
              wire::ReadResponses(content, wave_, options, [&](const wire::FileRecord& record) {
                if (record.response == nullptr) {
                  rejected_->Add(record.line, record.text, ReasonText(record.field, record.reason));
                  return true;
                }
                bytes_.clear();
                wire::AppendResponse(*record.response, bytes_);
                pushed = pusher_.AddResponse(bytes_, Remember(record.line, record.text));
                return pushed.ok();
              }));
          return pushed;
        });
  }

  absl::Status PushEvents(const std::string& file) {
    return PushFile(
        file, [this](std::string_view content, const wire::FileOptions& options) -> absl::Status {
          absl::Status pushed;
          PP_RETURN_IF_ERROR(
              wire::ReadCaseEvents(content, wave_, options, [&](const wire::EventRecord& record) {
                if (!record.reason.empty()) {
                  rejected_->Add(record.line, record.text, ReasonText(record.field, record.reason));
                  return true;
                }
                bytes_.clear();
                wire::AppendCaseEvent(record.event, bytes_);
                pushed = pusher_.AddCaseEvent(bytes_, Remember(record.line, record.text));
                return pushed.ok();
              }));
          return pushed;
        });
  }

  std::uint64_t rejected() const { return total_rejected_; }

 private:
  template <typename Read>
  absl::Status PushFile(const std::string& file, const Read& read) {
    PP_ASSIGN_OR_RETURN(wire::FileOptions options, arguments_.form.OptionsFor(file));
    options.default_channel = arguments_.channel;
    PP_ASSIGN_OR_RETURN(const std::string content, ReadInput(file));
    RejectedFile rejected(file, content, options);
    Progress progress(file + ":", 0);
    rejected_ = &rejected;
    progress_ = &progress;
    absl::Status status = read(content, options);
    if (status.ok()) status = pusher_.Flush();
    rejected_ = nullptr;
    progress_ = nullptr;
    pending_.clear();
    total_rejected_ += rejected.count();
    if (rejected.count() > 0) {
      PP_RETURN_IF_ERROR(rejected.Write());
      Say(fmt::format(
          "{}: {} rejected; mend them in {} and push that file (reasons: {}.rejected.reasons.txt)",
          file, Thousands(rejected.count()), rejected.path(), file));
    }
    return status;
  }

  std::uint64_t Remember(std::uint64_t line, std::string_view text) {
    pending_.emplace(++last_tag_, Pending{.line = line, .text = std::string(text)});
    return last_tag_;
  }

  void Take(const client::PushResult& result) {
    const auto found = pending_.find(result.tag);
    if (found == pending_.end()) return;
    if (result.result == wave::Result::kRejected || result.result == wave::Result::kRegisterFull) {
      std::string reason = ReasonText(result.field, result.reason);
      if (reason.empty()) reason = wave::kResultCodes[static_cast<std::size_t>(result.result)];
      if (++shown_ <= kReasonsShown) Say(fmt::format("line {}: {}", found->second.line, reason));
      if (rejected_ != nullptr)
        rejected_->Add(found->second.line, found->second.text, std::move(reason));
    }
    pending_.erase(found);
    if (progress_ != nullptr) progress_->Update(++done_);
  }

  const Arguments& arguments_;
  const wave::Wave& wave_;
  client::Pusher& pusher_;
  std::string bytes_;
  std::unordered_map<std::uint64_t, Pending> pending_;  // by tag; looked up only, never walked
  std::uint64_t last_tag_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t shown_ = 0;
  std::uint64_t total_rejected_ = 0;
  RejectedFile* rejected_ = nullptr;  // of the file at hand
  Progress* progress_ = nullptr;
};

std::string Summary(const client::PushTotals& totals) {
  std::string text = fmt::format("{} records sent", Thousands(totals.sent));
  for (std::size_t result = 0; result < wave::kResultCount; ++result) {
    if (totals.counts[result] == 0) continue;
    text += fmt::format(", {} {}", Thousands(totals.counts[result]), wave::kResultCodes[result]);
  }
  if (totals.resent > 0) {
    text += fmt::format("; {} sent again over {} new connections", Thousands(totals.resent),
                        totals.reconnects);
  }
  return text;
}

absl::Status PushAll(const Arguments& arguments, PushJob& job) {
  for (const std::string& file : arguments.files) PP_RETURN_IF_ERROR(job.PushResponses(file));
  for (const std::string& file : arguments.event_files) PP_RETURN_IF_ERROR(job.PushEvents(file));
  return absl::OkStatus();
}

int Push(Arguments arguments) {
  const auto wave = arguments.wave.Load();
  if (!wave.ok()) return Fail(wave.status());
  if (arguments.files.empty() && arguments.event_files.empty()) {
    Say("nothing to push; name a file of responses, or --events FILE");
    return kExitUsage;
  }
  arguments.pusher.wave = (*wave)->id;
  const auto pusher = client::Pusher::Connect(arguments.pusher);
  const auto fail = [](const absl::Status& status) {
    const int code = Fail(status);
    return absl::IsUnavailable(status) ? kExitGaveUp : code;
  };
  if (!pusher.ok()) return fail(pusher.status());
  PushJob job(arguments, **wave, **pusher);
  const absl::Status status = PushAll(arguments, job);
  Say(Summary((*pusher)->totals()));
  if (!status.ok()) return fail(status);
  return job.rejected() > 0 ? kExitRejected : kExitOk;
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
  command.add_option("--give-up-after", options.give_up_after_s, "Seconds without any progress")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
}

}  // namespace

void AddPush(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("push", "Send files of responses to a server");
  arguments->wave.AddTo(*command);
  command->add_option("FILE", arguments->files, "Responses: .csv, .jsonl or .pb");
  command->add_option("--events", arguments->event_files, "Case events: .csv")->type_name("FILE");
  command->add_option("--channel", arguments->channel, "Channel of records that name none")
      ->type_name("CODE");
  AddPusherOptions(*command, arguments->pusher);
  arguments->form.AddTo(*command);
  command->footer(
      Footer("panelpuls push --wave waves/virksomhedspanel-2025-efteraar.textproto --to "
             "tcp://127.0.0.1:8081 responses.csv"
             "\n\nRejected lines go to FILE.rejected.csv; mend them there and push that file."));
  command->callback([&run, arguments] { run = [arguments] { return Push(*arguments); }; });
}

}  // namespace panelpuls::cli
