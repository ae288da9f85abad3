#include "wave/resolver.h"

#include <absl/container/flat_hash_set.h>

#include <utility>
#include <vector>

#include "base/csv.h"
#include "base/limits.h"
#include "base/printable.h"
#include "base/status.h"
#include "wave/code_index.h"
#include "wave/outcome.h"

namespace panelpuls::wave {
namespace {

constexpr std::size_t kMostIgnoredCodes = 100;
constexpr const char* kReasonNoBaseWeight =
    "is missing, and the definition says that base weights are per unit; send the unit's own, or "
    "declare BASE_WEIGHTS_NONE or a sample frame that has them";

// May be an id in a wrong field.
std::string Shown(std::string_view text) { return Printable(text, kMostQuotedOfSender); }

bool Reject(Rejection* rejection, std::string field, std::string reason) {
  rejection->field = std::move(field);
  rejection->reason = std::move(reason);
  rejection->kept.clear();
  return false;
}

// For a reason that begins with what was sent.
bool RejectValue(Rejection* rejection, std::string field, std::string_view value,
                 std::string_view why) {
  Reject(rejection, std::move(field), fmt::format("'{}' {}", Shown(value), why));
  rejection->kept = fmt::format("'{}' {}", Glimpse(value), why);
  return false;
}

// For a code that is none of an index; `what` is what it is not, such as "is no channel".
bool RejectUnknown(Rejection* rejection, std::string field, std::string_view code,
                   const CodeIndex& index, std::string_view what) {
  const std::string likeness = index.look_alikes().DescribeOrSpell(code);
  const std::string known =
      fmt::format("known: {}", index.size() == 0 ? std::string("none") : index.List());
  Reject(rejection, std::move(field),
         fmt::format("'{}' {}{}{}; {}", Shown(code), what, likeness.empty() ? "" : "; ", likeness,
                     known));
  rejection->kept = fmt::format("'{}' {}; {}", Glimpse(code), what, known);
  return false;
}

const auto kCodeOf = [](const auto& item) -> std::string_view { return item.code; };
const auto kIdOf = [](const auto& item) -> std::string_view { return item.id; };

// Which questions or dimensions a record has given already; forgets all without touching each.
class SeenMarks {
 public:
  explicit SeenMarks(std::size_t count) : marks_(count) {}
  void Forget() { ++now_; }
  // False: was seen before.
  bool Mark(int number) {
    return std::exchange(marks_[static_cast<std::size_t>(number)], now_) != now_;
  }
  bool Has(std::size_t number) const { return marks_[number] == now_; }

 private:
  std::vector<std::uint64_t> marks_;
  std::uint64_t now_ = 1;
};

}  // namespace

struct Resolver::Impl {
  Impl(std::shared_ptr<const Wave> of, ResolveOptions resolve_options)
      : wave(std::move(of)),
        options(resolve_options),
        channels(wave->channels, kCodeOf),
        dimensions(wave->dimensions, kIdOf),
        questions(wave->questions, kIdOf),
        first_event(wave->time_zone.DateStart(wave->fieldwork_start - kDaysOfReason)),
        behind_events(wave->time_zone.DateStart(wave->fieldwork_end + kDaysOfReason + 1)),
        seen_dimensions(wave->dimensions.size()),
        seen_questions(wave->questions.size()) {
    for (const Dimension& dimension : wave->dimensions) {
      categories.emplace_back(dimension.categories, kCodeOf);
    }
    for (const Question& question : wave->questions) {
      question_options.emplace_back(question.options, kCodeOf);
      std::uint64_t exclusive = 0;
      for (std::size_t o = 0; question.multiple && o < question.options.size(); ++o) {
        if (question.options[o].exclusive) exclusive |= std::uint64_t{1} << o;
      }
      exclusive_options.push_back(exclusive);
    }
  }

  bool CheckId(std::string_view id, std::string_view field, Rejection* rejection) const;
  int FindChannel(std::string_view code, Rejection* rejection) const;
  bool CheckEventTime(Micros at, Rejection* rejection) const;
  bool ResolveBaseWeight(const RawResponse& response, std::byte* record,
                         Rejection* rejection) const;
  bool ResolveCategories(const RawResponse& response, std::byte* record, Rejection* rejection);
  bool CheckAllCategories(Rejection* rejection) const;
  bool ResolveAnswers(const RawResponse& response, std::byte* record, Rejection* rejection);
  bool ResolveSingle(const RawResponse& response, std::size_t answer, std::size_t question,
                     std::byte* record, Rejection* rejection) const;
  bool ResolveMultiple(const RawResponse& response, std::size_t answer, std::size_t question,
                       std::byte* record, Rejection* rejection) const;
  bool RejectOption(std::string_view option, std::size_t question, std::size_t answer,
                    std::size_t place, Rejection* rejection) const;
  void Ignore(std::string_view question);

  std::shared_ptr<const Wave> wave;
  ResolveOptions options;
  CodeIndex channels;
  CodeIndex dimensions;
  CodeIndex questions;
  std::vector<CodeIndex> categories;             // [dimension]
  std::vector<CodeIndex> question_options;       // [question]
  std::vector<std::uint64_t> exclusive_options;  // [question] bit set, multiple choice only
  // Times that events may have.
  Micros first_event;
  Micros behind_events;
  SeenMarks seen_dimensions;
  SeenMarks seen_questions;
  std::uint64_t ignored = 0;
  std::vector<std::string> ignored_codes;
  absl::flat_hash_set<std::string> ignored_set;
};

bool Resolver::Impl::CheckId(std::string_view id, std::string_view field,
                             Rejection* rejection) const {
  if (id.empty()) return Reject(rejection, std::string(field), "is missing; send 1 to 64 bytes");
  if (id.size() > kMaxIdBytes) {
    return Reject(rejection, std::string(field),
                  fmt::format("has {} bytes; send 1 to {}", id.size(), kMaxIdBytes));
  }
  if (!IsValidUtf8(id)) {
    return RejectValue(rejection, std::string(field), id, "is not UTF-8; send it as UTF-8");
  }
  return true;
}

bool Resolver::Impl::CheckEventTime(Micros at, Rejection* rejection) const {
  if (at == kNoTime || (at >= first_event && at < behind_events)) return true;
  return RejectValue(rejection, "at", wave->time_zone.Format(at),
                     at < first_event
                         ? "is more than a year before the fieldwork; send when it happened"
                         : "is more than a year behind the fieldwork; send when it happened");
}

int Resolver::Impl::FindChannel(std::string_view code, Rejection* rejection) const {
  const int channel = channels.Find(code);
  if (channel == kNone && code.empty()) {
    Reject(rejection, "channel", fmt::format("is missing; known: {}", channels.List()));
  } else if (channel == kNone) {
    RejectUnknown(rejection, "channel", code, channels, "is no channel");
  }
  return channel;
}

bool Resolver::Impl::ResolveBaseWeight(const RawResponse& response, std::byte* record,
                                       Rejection* rejection) const {
  if (!wave->layout.base_weight) {
    if (!response.base_weight) return true;
    return Reject(rejection, "base_weight",
                  "the wave declares no base weights per unit; leave it out");
  }
  if (!response.base_weight) {
    // With a frame the frame knows it, and 0 stands for not sent. A withdrawal is in no figure; it
    // is kept with what a weight of 1 would be, which may be 0.
    if (!wave->has_frame && response.status != Status::kWithdrawn) {
      return Reject(rejection, "base_weight", kReasonNoBaseWeight);
    }
    StoreField(record, *wave->layout.base_weight, wave->has_frame ? 0 : FixedBaseWeight(*wave, 1));
    return true;
  }
  const std::uint64_t fixed = FixedBaseWeight(*wave, *response.base_weight);
  if (fixed == 0) {
    return Reject(rejection, "base_weight",
                  fmt::format("{} is no base weight; send a number above 0, {} 2^-10 to 2^20",
                              *response.base_weight,
                              wave->base_weight_log2 == 0
                                  ? std::string("in")
                                  : fmt::format("times 2^{} in", wave->base_weight_log2)));
  }
  StoreField(record, *wave->layout.base_weight, fixed);
  return true;
}

bool Resolver::Impl::ResolveCategories(const RawResponse& response, std::byte* record,
                                       Rejection* rejection) {
  seen_dimensions.Forget();
  for (std::size_t i = 0; i < response.categories.size(); ++i) {
    const RawCategory& raw = response.categories[i];
    const int d = dimensions.Find(raw.dimension, i);
    if (d == kNone) {
      // Beside a frame what is sent is only compared.
      if (wave->has_frame) continue;
      return RejectUnknown(rejection, fmt::format("categories[{}].dimension", i), raw.dimension,
                           dimensions, "is no dimension");
    }
    if (!seen_dimensions.Mark(d)) {
      if (wave->has_frame) continue;
      return Reject(rejection, fmt::format("categories[{}].dimension", i),
                    fmt::format("'{}' is given twice; send it once", raw.dimension));
    }
    const auto number = static_cast<std::size_t>(d);
    const int category = categories[number].Find(raw.category);
    if (category == kNone && !wave->has_frame) {
      return RejectUnknown(rejection, fmt::format("categories[{}].category", i), raw.category,
                           categories[number],
                           fmt::format("is no category of dimension {}", raw.dimension));
    }
    StoreField(record, wave->layout.categories[number], static_cast<std::uint64_t>(category + 1));
  }
  return wave->has_frame || response.status == Status::kWithdrawn || CheckAllCategories(rejection);
}

bool Resolver::Impl::CheckAllCategories(Rejection* rejection) const {
  for (std::size_t d = 0; d < wave->dimensions.size(); ++d) {
    if (seen_dimensions.Has(d)) continue;
    return Reject(rejection, "categories",
                  fmt::format("the category of dimension {} is missing; known: {}",
                              wave->dimensions[d].id, categories[d].List()));
  }
  return true;
}

bool Resolver::Impl::ResolveAnswers(const RawResponse& response, std::byte* record,
                                    Rejection* rejection) {
  seen_questions.Forget();
  std::size_t expected = 0;
  for (std::size_t i = 0; i < response.answers.size(); ++i) {
    const RawAnswer& answer = response.answers[i];
    const int q = questions.Find(answer.question, expected);
    if (q == kNone) {
      Ignore(answer.question);
      continue;
    }
    const auto question = static_cast<std::size_t>(q);
    expected = question + 1;
    if (!seen_questions.Mark(q)) {
      return Reject(rejection, fmt::format("answers[{}].question", i),
                    fmt::format("'{}' is answered twice; send it once", answer.question));
    }
    if (answer.option_count == 0) continue;
    const bool ok = wave->questions[question].multiple
                        ? ResolveMultiple(response, i, question, record, rejection)
                        : ResolveSingle(response, i, question, record, rejection);
    if (!ok) return false;
  }
  return true;
}

bool Resolver::Impl::RejectOption(std::string_view option, std::size_t question, std::size_t answer,
                                  std::size_t place, Rejection* rejection) const {
  return RejectUnknown(rejection, fmt::format("answers[{}].options[{}]", answer, place), option,
                       question_options[question],
                       fmt::format("is no option of question {}", wave->questions[question].id));
}

bool Resolver::Impl::ResolveSingle(const RawResponse& response, std::size_t answer,
                                   std::size_t question, std::byte* record,
                                   Rejection* rejection) const {
  const RawAnswer& raw = response.answers[answer];
  const std::string_view code = response.options[raw.first_option];
  const int option = question_options[question].Find(code);
  if (option == kNone) return RejectOption(code, question, answer, 0, rejection);
  if (raw.option_count > 1) {
    return Reject(rejection, fmt::format("answers[{}].options", answer),
                  fmt::format("question {} takes one option, {} are given",
                              wave->questions[question].id, raw.option_count));
  }
  StoreField(record, wave->layout.answers[question], static_cast<std::uint64_t>(option + 1));
  return true;
}

bool Resolver::Impl::ResolveMultiple(const RawResponse& response, std::size_t answer,
                                     std::size_t question, std::byte* record,
                                     Rejection* rejection) const {
  const RawAnswer& raw = response.answers[answer];
  const Question& asked = wave->questions[question];
  std::uint64_t chosen = 0;
  for (std::size_t i = 0; i < raw.option_count; ++i) {
    const std::string_view code = response.options[raw.first_option + i];
    const int option = question_options[question].Find(code);
    if (option == kNone) return RejectOption(code, question, answer, i, rejection);
    const std::uint64_t bit = std::uint64_t{1} << option;
    if ((chosen & bit) != 0) {
      return Reject(rejection, fmt::format("answers[{}].options[{}]", answer, i),
                    fmt::format("'{}' is given twice; send it once", code));
    }
    chosen |= bit;
  }
  if (raw.option_count > asked.max_choices) {
    return Reject(rejection, fmt::format("answers[{}].options", answer),
                  fmt::format("question {} takes at most {} options, {} are given", asked.id,
                              asked.max_choices, raw.option_count));
  }
  if (const std::uint64_t exclusive = chosen & exclusive_options[question];
      exclusive != 0 && raw.option_count > 1) {
    std::size_t option = 0;
    while ((exclusive >> option & 1) == 0) ++option;
    return Reject(rejection, fmt::format("answers[{}].options", answer),
                  fmt::format("option '{}' of question {} goes with no other, {} are given",
                              asked.options[option].code, asked.id, raw.option_count));
  }
  StoreField(record, wave->layout.answers[question], chosen);
  return true;
}

void Resolver::Impl::Ignore(std::string_view question) {
  ++ignored;
  if (ignored_codes.size() >= kMostIgnoredCodes) return;
  std::string code = Glimpse(question);
  if (!ignored_set.insert(code).second) return;
  const std::string likeness = questions.look_alikes().Describe(question);
  ignored_codes.push_back(likeness.empty() ? code : fmt::format("{}; {}", code, likeness));
}

Resolver::Resolver(std::shared_ptr<const Wave> wave, ResolveOptions options)
    : impl_(std::make_unique<Impl>(std::move(wave), options)) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

bool Resolver::Resolve(const RawResponse& response, std::span<std::byte> record,
                       Rejection* rejection) {
  const Wave& wave = *impl_->wave;
  PP_CHECK(record.size() >= wave.layout.size);
  if (!impl_->CheckId(response.respondent_id, "respondent_id", rejection)) return false;
  const int channel = impl_->FindChannel(response.channel, rejection);
  if (channel == kNone) return false;
  if (impl_->options.require_collected_at && response.collected_at == kNoTime) {
    return Reject(rejection, "collected_at", kReasonNoTime);
  }
  std::byte* out = record.data();
  std::memset(out, 0, wave.layout.size);
  ResponseHeader header;
  header.channel = static_cast<std::uint8_t>(channel);
  header.revision = response.revision;
  header.collected_at = response.collected_at;
  StoreResponseHeader(out, header);
  StoreField(out, wave.layout.status, static_cast<std::uint64_t>(response.status));
  if (!impl_->ResolveBaseWeight(response, out, rejection)) return false;
  if (!impl_->ResolveCategories(response, out, rejection)) return false;
  return response.status == Status::kWithdrawn || impl_->ResolveAnswers(response, out, rejection);
}

bool Resolver::Resolve(const RawCaseEvent& event, CaseEventRecord* record, Rejection* rejection) {
  if (!impl_->CheckId(event.unit_id, "unit_id", rejection)) return false;
  const int channel = impl_->FindChannel(event.channel, rejection);
  if (channel == kNone) return false;
  if (impl_->options.require_collected_at && event.at == kNoTime) {
    return Reject(rejection, "at", kReasonNoEventTime);
  }
  if (!impl_->CheckEventTime(event.at, rejection)) return false;
  if (event.event_id.size() > kMaxEventIdBytes) {
    return Reject(
        rejection, "event_id",
        fmt::format("has {} bytes; send at most {}", event.event_id.size(), kMaxEventIdBytes));
  }
  const Disposition disposition = ParseDisposition(event.disposition);
  if (disposition == Disposition::kNone) {
    std::string known;
    for (int number = 1; number < kDispositionCount; ++number) {
      known += number == 1 ? "" : ", ";
      known += DispositionCode(static_cast<Disposition>(number));
    }
    return RejectValue(rejection, "disposition", event.disposition,
                       fmt::format("is no disposition; known: {}", known));
  }
  *record = {};
  record->channel = static_cast<std::uint8_t>(channel);
  record->disposition = disposition;
  record->at = event.at;
  return true;
}

std::uint64_t Resolver::ignored_questions() const { return impl_->ignored; }
std::span<const std::string> Resolver::ignored_question_codes() const {
  return impl_->ignored_codes;
}
const Wave& Resolver::wave() const { return *impl_->wave; }

}  // namespace panelpuls::wave
