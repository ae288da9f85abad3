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
#include "cli/file_notes.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/reasons.h"
#include "offline/survey.h"
#include "report/export_csv.h"
#include "snapshot/contents.h"
#include "wire/field_columns.h"

namespace panelpuls::cli {
namespace {

struct EstimateArguments {
  WaveArguments wave;
  FileArguments form;
  FigureArguments figures;
  std::vector<std::string> files;
  std::vector<std::string> event_files;
  FrameArguments frame;
  std::string earlier_wave_file;
  std::vector<std::string> earlier_files;
  bool history = false;
  bool weights = false;
};

// What is said of one file's records.
class Refusals {
 public:
  Refusals(const std::string& file, const wire::FieldColumns& columns)
      : columns_(columns), reasons_(file), notes_(file) {}

  struct Cause {
    std::string_view field, reason;
  };
  // Of a record that is in no figure.
  void Add(std::uint64_t line, std::string_view text, const Cause& cause) {
    reasons_.Add(line, TextOf(text, cause));
  }
  // Of one that counts all the same.
  void AddNote(std::uint64_t line, std::string_view text, const Cause& cause) {
    notes_.Add(line, TextOf(text, cause));
  }
  // The same with the value where the line is named.
  void AddNote(std::uint64_t line, std::string_view text, const Cause& cause,
               std::string_view value) {
    const std::string here = fmt::format("{} {}", value, cause.reason);
    notes_.Add(line, TextOf(text, cause), TextOf(text, {cause.field, here}));
  }
  void Note(std::uint64_t line, std::string_view text, wave::Result result,
            const wave::Rejection& rejection) {
    if (result == wave::Result::kRejected) Add(line, text, {rejection.field, rejection.reason});
    if (result == wave::Result::kRegisterFull) {
      Add(line, text, {"", "more units than max_respondents of the definition; raise it"});
    }
    if (result == wave::Result::kConflict) {
      AddNote(line, text, {"", "conflict with another row of this id: " + rejection.reason});
    }
  }
  // Says how often each reason came; how many records were refused.
  std::uint64_t End() const {
    reasons_.SayAll();
    notes_.SayAll();
    return reasons_.count();
  }

 private:
  std::string TextOf(std::string_view text, const Cause& cause) const {
    return FaultText(
        {.column = columns_.Of(text, cause.field), .field = cause.field, .reason = cause.reason});
  }

  const wire::FieldColumns& columns_;
  Reasons reasons_;
  Reasons notes_;
};

// Times that a fieldwork may have: a server marks what is before its first day, and what is later
// than its receipt, which a file does not know; a year behind the last day is late enough.
class Calendar {
 public:
  explicit Calendar(const wave::Wave& wave)
      : first_(wave.fieldwork_start_time),
        last_(wave.time_zone.DateStart(wave.fieldwork_end + wave::kDaysOfReason)) {}

  // Empty: the time may be.
  std::string FaultOf(Micros time) const {
    if (time == kNoTime || (time >= first_ && time < last_)) return {};
    return fmt::format("is {}; a server marks it, and any time that is not marked counts before it",
                       time < first_ ? "before the fieldwork" : "far behind the fieldwork's end");
  }

 private:
  Micros first_;
  Micros last_;
};

// Whether any record of a file has a time. Then all must, as on a server: a row without one is that
// of somebody who has not sent his answers off.
absl::StatusOr<bool> HasTimes(std::string_view content, const wave::Wave& wave,
                              const wire::FileOptions& options) {
  bool has_times = false;
  PP_RETURN_IF_ERROR(wire::ReadResponses(content, wave, options, [&](const auto& record) {
    has_times = record.response != nullptr && record.response->collected_at != kNoTime;
    return !has_times;
  }));
  return has_times;
}

// The same of case events.
absl::StatusOr<bool> EventsHaveTimes(std::string_view content, const wave::Wave& wave,
                                     const wire::FileOptions& options) {
  bool has_times = false;
  PP_RETURN_IF_ERROR(wire::ReadCaseEvents(content, wave, options, [&](const auto& record) {
    has_times = record.reason.empty() && record.event.at != kNoTime;
    return !has_times;
  }));
  return has_times;
}

// Files into one offline state.
class EstimateJob {
 public:
  EstimateJob(const EstimateArguments& arguments, offline::Survey& offline)
      : arguments_(arguments), wave_(offline.state().wave()), offline_(offline), calendar_(wave_) {}

  absl::Status AddResponses(const std::string& file) {
    PP_ASSIGN_OR_RETURN(wire::FileOptions options, arguments_.form.OptionsFor(file));
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(file));
    PP_ASSIGN_OR_RETURN(const auto columns, wire::FieldColumns::Make(text, wave_, options));
    PP_RETURN_IF_ERROR(SayHeader(text, wave_, options));
    PP_ASSIGN_OR_RETURN(const bool needs_time, HasTimes(text, wave_, options));
    wire::FileOptions::EmptyRows empty_rows;
    options.empty_rows = &empty_rows;
    wire::IgnoredFields ignored_fields;
    options.ignored_fields = &ignored_fields;
    const std::uint64_t replaced_before = Replaced();
    Refusals refusals(file, columns);
    const absl::Status status = wire::ReadResponses(text, wave_, options, [&](const auto& record) {
      if (record.response == nullptr) {
        refusals.Add(record.line, record.text, {record.field, record.reason});
      } else if (needs_time && record.response->collected_at == kNoTime) {
        refusals.Add(record.line, record.text, {"collected_at", wave::kReasonNoTime});
      } else {
        AddResponse(record, refusals);
      }
      return true;
    });
    SayEmptyRows(file, empty_rows);
    SayReplacedRows(file, Replaced() - replaced_before);
    std::uint64_t ignored = 0;
    const auto fields = ignored_fields.Take(&ignored);
    SayIgnored(file, "fields that no response has", ignored, fields);
    const auto questions = offline_.TakeIgnoredQuestions(&ignored);
    SayIgnored(file, "answers to questions that the wave does not have", ignored, questions);
    rejected_ += refusals.End();
    return status;
  }

  absl::Status AddEvents(const std::string& file) {
    PP_ASSIGN_OR_RETURN(const wire::FileOptions options, arguments_.form.EventOptionsFor(file));
    PP_ASSIGN_OR_RETURN(const std::string text, ReadInput(file));
    PP_ASSIGN_OR_RETURN(const auto columns, wire::FieldColumns::Make(text, wave_, options));
    PP_RETURN_IF_ERROR(SayEventHeader(text, wave_, options));
    PP_ASSIGN_OR_RETURN(const bool needs_time, EventsHaveTimes(text, wave_, options));
    Refusals refusals(file, columns);
    const absl::Status status = wire::ReadCaseEvents(text, wave_, options, [&](const auto& record) {
      if (!record.reason.empty()) {
        refusals.Add(record.line, record.text, {record.field, record.reason});
        return true;
      }
      if (needs_time && record.event.at == kNoTime) {
        refusals.Add(record.line, record.text, {"at", wave::kReasonNoEventTime});
        return true;
      }
      wave::Rejection rejection;
      const wave::Result result = offline_.Add(record.event, &rejection);
      refusals.Note(record.line, record.text, result, rejection);
      if (calendar_.FaultOf(record.event.at).empty()) {
        last_time_ = std::max(last_time_, record.event.at);
      }
      return true;
    });
    rejected_ += refusals.End();
    return status;
  }

  // The clock is the last time that any record gives and that may be, so that equal files give
  // equal bytes whenever they are read.
  snapshot::Contents Estimate() {
    snapshot::Contents inputs = offline_.Estimate();
    inputs.clock.now = last_time_ == kNoTime ? wave_.fieldwork_start_time : last_time_;
    return inputs;
  }
  std::uint64_t rejected() const { return rejected_; }

  // Of --weights: the respondents in the order of their first records.
  std::vector<report::NamedRespondent> Respondents() const {
    std::vector<report::NamedRespondent> named;
    for (std::uint32_t unit = 0; unit < offline_.state().unit_count(); ++unit) {
      const auto respondent = offline_.state().RespondentAt(unit);
      if (!respondent) continue;
      named.push_back({.id = ids_.at({respondent->pseudonym_high, respondent->pseudonym_low}),
                       .respondent = *respondent});
    }
    return named;
  }

 private:
  // Rows in whose place another one of their id counts.
  std::uint64_t Replaced() const {
    std::uint64_t replaced = older_;
    for (const state::ChannelCounters& channel : offline_.state().counters().channels) {
      replaced += channel.corrections;
    }
    return replaced;
  }

  void AddResponse(const wire::FileRecord& record, Refusals& refusals) {
    wave::Rejection rejection;
    const wave::Result result = offline_.Add(*record.response, &rejection);
    if (arguments_.weights) {
      ids_.try_emplace(offline_.KeyOf(record.response->respondent_id),
                       record.response->respondent_id);
    }
    if (result == wave::Result::kSuperseded) ++older_;
    refusals.Note(record.line, record.text, result, rejection);
    const Micros time = record.response->collected_at;
    const std::string fault = calendar_.FaultOf(time);
    if (fault.empty()) {
      last_time_ = std::max(last_time_, time);
    } else {
      refusals.AddNote(record.line, record.text, {"collected_at", fault},
                       wave_.time_zone.Format(time));
    }
  }

  const EstimateArguments& arguments_;
  const wave::Wave& wave_;
  offline::Survey& offline_;
  const Calendar calendar_;
  std::uint64_t rejected_ = 0;
  std::uint64_t older_ = 0;  // than another row of their id
  Micros last_time_ = kNoTime;
  std::map<offline::Survey::Key, std::string> ids_;  // with --weights
};

struct Rendered {
  std::string text;
  std::uint64_t rejected = 0;  // of the earlier wave
};

absl::StatusOr<Rendered> RenderBesideEarlier(const EstimateArguments& arguments,
                                             const snapshot::Contents& inputs,
                                             offline::Survey& offline) {
  PP_ASSIGN_OR_RETURN(const auto wave,
                      wave::LoadWave(PosixFileSystem(), arguments.earlier_wave_file));
  if (wave->id == offline.wave()->id) {
    return InvalidArgument("{}: --earlier-wave has the id of --wave, {}; give the earlier wave's",
                           arguments.earlier_wave_file, wave->id);
  }
  FrameArguments own_frame;
  PP_ASSIGN_OR_RETURN(const auto frame, own_frame.Read(*wave));
  PP_ASSIGN_OR_RETURN(const auto earlier, offline::Survey::Create(wave, {.frame = frame}));
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

absl::StatusOr<int> Estimate(const EstimateArguments& arguments) {
  PP_ASSIGN_OR_RETURN(const auto wave, arguments.wave.Load());
  PP_ASSIGN_OR_RETURN(const auto frame, arguments.frame.Read(*wave));
  // Before the first response, frame and events have something to say alone.
  if (arguments.files.empty() && arguments.event_files.empty() && frame.empty()) {
    return InvalidArgument(
        "no file of responses is given, and the wave has neither a sample frame nor --events; name "
        "a .csv, .jsonl or .pb file of responses");
  }
  std::vector<std::string> responses = arguments.files;
  responses.insert(responses.end(), arguments.earlier_files.begin(), arguments.earlier_files.end());
  PP_RETURN_IF_ERROR(arguments.form.CheckUse(responses, arguments.event_files));
  PP_ASSIGN_OR_RETURN(
      const auto offline,
      offline::Survey::Create(wave, {.frame = frame, .keeps_course = arguments.history}));
  EstimateJob job(arguments, *offline);
  for (const std::string& file : arguments.files) PP_RETURN_IF_ERROR(job.AddResponses(file));
  for (const std::string& file : arguments.event_files) PP_RETURN_IF_ERROR(job.AddEvents(file));
  const snapshot::Contents inputs = job.Estimate();
  Rendered rendered;
  if (arguments.history) {
    PP_ASSIGN_OR_RETURN(const auto hours, offline->Course());
    rendered.text =
        report::HistoryToJson(
            {.wave = wave.get(), .hours = hours, .counters = &offline->state().counters()}) +
        "\n";
  } else if (arguments.weights) {
    for (const estimate::Flag& flag : inputs.estimates->calibration.flags) {
      Say(fmt::format("no weights: {}", estimate::FlagText(*wave, flag)));
    }
    rendered.text = report::WeightsToCsv(*wave, inputs.estimates->calibration.g, job.Respondents(),
                                         {.danish_excel = arguments.figures.danish_excel});
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
  auto arguments = std::make_shared<EstimateArguments>();
  CLI::App* command =
      app.add_subcommand("estimate", "The figures of responses in files, without a server");
  arguments->wave.AddTo(*command);
  command->add_option("FILE", arguments->files,
                      "Responses: .csv, .jsonl or .pb; - is standard input, with --input-format");
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
  command
      ->add_flag("--weights", arguments->weights,
                 "The respondents with their weights (csv) instead of the figures")
      ->excludes(earlier_wave)
      ->excludes("--history")
      ->excludes("--cells")
      ->excludes("--guidance");
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
