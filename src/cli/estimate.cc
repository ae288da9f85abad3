#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/earlier_wave.h"
#include "cli/exit_codes.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "engine/offline.h"

namespace panelpuls::cli {
namespace {

struct Arguments {
  WaveArguments wave;
  FileArguments form;
  FigureArguments figures;
  std::vector<std::string> files;
  std::vector<std::string> event_files;
  FrameArguments frame;
  std::string earlier_wave_file;
  std::vector<std::string> earlier_files;
  bool history = false;
};

// Counts rejected records and names the first of each reason on stderr; at the end how many of each
// there were, so that one value without a rule does not fill the screen.
class Rejected {
 public:
  struct Place {
    std::string_view file;
    std::uint64_t line = 0;
  };
  void Add(const Place& place, std::string_view field, std::string_view reason) {
    constexpr std::uint64_t kNamedOfAReason = 3;
    constexpr std::size_t kReasons = 100;
    ++count_;
    std::string text = fmt::format("{}{}{}", field, field.empty() ? "" : ": ", reason);
    if (tallies_.size() == kReasons && !tallies_.contains(text)) text = "other reasons";
    Tally& tally = tallies_[text];
    if (tally.count == 0) tally.first_line = place.line;
    if (++tally.count <= kNamedOfAReason) {
      Say(fmt::format("{}:{}: {}{}{}", place.file, place.line, field, field.empty() ? "" : ": ",
                      reason));
    }
  }
  // Says the tallies of the file that has been read.
  void EndFile(std::string_view file) {
    for (const auto& [text, tally] : tallies_) {
      if (tally.count < 2) continue;
      Say(fmt::format("{}: {} lines, the first {}: {}", file, Thousands(tally.count),
                      tally.first_line, text));
    }
    tallies_.clear();
  }
  std::uint64_t count() const { return count_; }

 private:
  struct Tally {
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;
  };
  std::map<std::string, Tally> tallies_;  // by reason, of the file at hand
  std::uint64_t count_ = 0;
};

// Files into one offline state.
class EstimateJob {
 public:
  EstimateJob(const Arguments& arguments, engine::Offline& offline)
      : arguments_(arguments), wave_(offline.state().wave()), offline_(offline) {}

  absl::Status AddResponses(const std::string& file) {
    PP_ASSIGN_OR_RETURN(const wire::FileOptions options, arguments_.form.OptionsFor(file));
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(file));
    const absl::Status status = wire::ReadResponses(text, wave_, options, [&](const auto& record) {
      const Rejected::Place place{.file = file, .line = record.line};
      if (record.response == nullptr) {
        rejected_.Add(place, record.field, record.reason);
        return true;
      }
      wave::Rejection rejection;
      Note(place, offline_.Add(*record.response, &rejection), rejection);
      last_time_ = std::max(last_time_, record.response->collected_at);
      return true;
    });
    rejected_.EndFile(file);
    return status;
  }

  absl::Status AddEvents(const std::string& file) {
    PP_ASSIGN_OR_RETURN(const wire::FileOptions options, arguments_.form.OptionsFor(file));
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(file));
    const absl::Status status = wire::ReadCaseEvents(text, wave_, options, [&](const auto& record) {
      const Rejected::Place place{.file = file, .line = record.line};
      if (!record.reason.empty()) {
        rejected_.Add(place, record.field, record.reason);
        return true;
      }
      wave::Rejection rejection;
      Note(place, offline_.Add(record.event, &rejection), rejection);
      last_time_ = std::max(last_time_, record.event.at);
      return true;
    });
    rejected_.EndFile(file);
    return status;
  }

  // The clock is the last time that any record gives, so that equal files give equal bytes whenever
  // they are read.
  report::SnapshotInputs Estimate() {
    report::SnapshotInputs inputs = offline_.Estimate();
    inputs.clock.now = last_time_ == kNoTime ? wave_.fieldwork_start_time : last_time_;
    return inputs;
  }
  std::uint64_t rejected() const { return rejected_.count(); }

 private:
  void Note(const Rejected::Place& place, wave::Result result, const wave::Rejection& rejection) {
    if (result == wave::Result::kRejected) rejected_.Add(place, rejection.field, rejection.reason);
    if (result == wave::Result::kRegisterFull) {
      rejected_.Add(place, {}, "more units than max_respondents of the definition; raise it");
    }
  }

  const Arguments& arguments_;
  const wave::Wave& wave_;
  engine::Offline& offline_;
  Rejected rejected_;
  Micros last_time_ = kNoTime;
};

struct Rendered {
  std::string text;
  std::uint64_t rejected = 0;  // of the earlier wave
};

absl::StatusOr<Rendered> RenderBesideEarlier(const Arguments& arguments,
                                             const report::SnapshotInputs& inputs,
                                             engine::Offline& offline) {
  PP_ASSIGN_OR_RETURN(const auto wave,
                      wave::LoadWave(PosixFileSystem(), arguments.earlier_wave_file));
  if (wave->id == offline.wave()->id) {
    return InvalidArgument("{}: --earlier-wave has the id of --wave, {}; give the earlier wave's",
                           arguments.earlier_wave_file, wave->id);
  }
  FrameArguments own_frame;
  PP_ASSIGN_OR_RETURN(const auto frame, own_frame.Read(*wave));
  PP_ASSIGN_OR_RETURN(const auto earlier, engine::Offline::Create(wave, {.frame = frame}));
  EstimateJob job(arguments, *earlier);
  for (const std::string& file : arguments.earlier_files) {
    PP_RETURN_IF_ERROR(job.AddResponses(file));
  }
  EarlierWave beside(offline, *earlier);
  if (beside.common_units() == 0) {
    Say(
        fmt::format("no respondent of {} was found in {}: ids must be the same in both files, and "
                    "the waves are taken for independent samples",
                    wave->id, offline.wave()->id));
  } else {
    Say(fmt::format("{} of {} respondents are in both waves", beside.common_units(),
                    beside.units()));
  }
  PP_ASSIGN_OR_RETURN(std::string text, RenderFigures(beside.AddTo(inputs), arguments.figures));
  return Rendered{.text = std::move(text), .rejected = job.rejected()};
}

absl::StatusOr<int> Estimate(const Arguments& arguments) {
  PP_ASSIGN_OR_RETURN(const auto wave, arguments.wave.Load());
  PP_ASSIGN_OR_RETURN(const auto frame, arguments.frame.Read(*wave));
  // Before the first response, frame and events have something to say alone.
  if (arguments.files.empty() && arguments.event_files.empty() && frame.empty()) {
    return InvalidArgument(
        "no file of responses is given, and the wave has neither a sample frame nor --events; name "
        "a .csv, .jsonl or .pb file of responses");
  }
  PP_ASSIGN_OR_RETURN(
      const auto offline,
      engine::Offline::Create(wave, {.frame = frame, .keeps_course = arguments.history}));
  EstimateJob job(arguments, *offline);
  for (const std::string& file : arguments.files) PP_RETURN_IF_ERROR(job.AddResponses(file));
  for (const std::string& file : arguments.event_files) PP_RETURN_IF_ERROR(job.AddEvents(file));
  const report::SnapshotInputs inputs = job.Estimate();
  Rendered rendered;
  if (arguments.history) {
    PP_ASSIGN_OR_RETURN(const auto hours, offline->Course());
    rendered.text =
        report::HistoryToJson(
            {.wave = wave.get(), .hours = hours, .counters = &offline->state().counters()}) +
        "\n";
  } else if (arguments.earlier_wave_file.empty()) {
    PP_ASSIGN_OR_RETURN(rendered.text, RenderFigures(inputs, arguments.figures));
  } else {
    PP_ASSIGN_OR_RETURN(rendered, RenderBesideEarlier(arguments, inputs, *offline));
  }
  PP_RETURN_IF_ERROR(WriteOut(rendered.text));
  const std::uint64_t rejected = job.rejected() + rendered.rejected;
  if (rejected == 0) return kExitOk;
  Say(fmt::format("{} record{} rejected and in no figure", rejected,
                  rejected == 1 ? " was" : "s were"));
  return kExitRejected;
}

}  // namespace

void AddEstimate(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("estimate", "The figures of responses in files, without a server");
  arguments->wave.AddTo(*command);
  command->add_option("FILE", arguments->files, "Responses: .csv, .jsonl or .pb");
  command->add_option("--events", arguments->event_files, "Case events: .csv; once a file")
      ->type_name("FILE")
      ->allow_extra_args(false);  // what follows is a file of responses
  CLI::Option* earlier_wave = command
                                  ->add_option("--earlier-wave", arguments->earlier_wave_file,
                                               "Definition of an earlier wave to compare with")
                                  ->type_name("FILE");
  CLI::Option* earlier =
      command
          ->add_option("--earlier", arguments->earlier_files,
                       "Its responses; respondents of both waves are found by their ids")
          ->type_name("FILE")
          ->needs(earlier_wave);
  earlier_wave->needs(earlier);
  command
      ->add_flag("--history", arguments->history,
                 "The course by hour and day of collected_at (json) instead of the figures")
      ->excludes(earlier_wave);
  arguments->form.AddTo(*command);
  arguments->frame.AddTo(*command);
  arguments->figures.AddTo(*command);
  command->footer(Footer(
      "panelpuls estimate --wave waves/virksomhedspanel-2025-efteraar.textproto responses.csv"));
  command->callback([&run, arguments] {
    run = [arguments] {
      const absl::StatusOr<int> code = Estimate(*arguments);
      return code.ok() ? *code : Fail(code.status());
    };
  });
}

}  // namespace panelpuls::cli
