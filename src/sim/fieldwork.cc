#include "sim/fieldwork.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/csv.h"
#include "base/json_writer.h"
#include "sim/answers.h"
#include "sim/messages.h"
#include "sim/population.h"

namespace panelpuls::sim {
namespace {

// Eight digits as a register number has them, behind a prefix that no register uses.
constexpr std::uint64_t kNumbers = 100'000'000;
constexpr std::uint64_t kStride = 61'803'399;  // shares no factor with kNumbers, so numbers differ

std::string UnitId(std::uint64_t seed, std::uint64_t unit) {
  Random random({.seed = seed, .number = ~0ull});
  return fmt::format("SIM{:08}", (random.Below(kNumbers) + unit * kStride) % kNumbers);
}

// Draws what happens to one unit and writes its messages.
class UnitStory {
 public:
  struct Context {
    const Population::Impl& population;
    const AnswerDrawer& answers;
    MessageList& messages;
    bool case_events;
  };

  UnitStory(const Context& context, Random random, wave::FrameUnit& unit)
      : plan_(context.population.plan),
        model_(context.population.model),
        context_(context),
        random_(random),
        unit_(unit) {}

  void Tell() {
    DrawUnit();
    const bool alone = random_.Chance(plan_.self_propensity[cell_]);
    const bool called = !alone && random_.Chance(plan_.called_share);
    const bool by_telephone = called && random_.Chance(plan_.telephone_propensity[cell_]);
    if (context_.case_events)
      TellContacts({.alone = alone, .called = called, .by_telephone = by_telephone});
    if (alone) Answer(plan_.self_channel);
    if (by_telephone) Answer(plan_.telephone_channel);
  }

 private:
  struct Contacts {
    bool alone = false;
    bool called = false;
    bool by_telephone = false;
  };

  void DrawUnit() {
    cell_ = model_.cells.Draw(random_);
    unit_.channel = plan_.self_channel;
    for (std::size_t d = 0; d < model_.wave->dimensions.size(); ++d) {
      unit_.categories.push_back(static_cast<std::uint16_t>(model_.cells.CategoryOf(cell_, d)));
    }
    if (!plan_.base_weights.empty())
      unit_.base_weight = plan_.base_weights[random_.Below(plan_.base_weights.size())];
    // Both are drawn whoever answers, so that propensities change nobody's dates.
    self_moment_ = plan_.self.Draw(random_);
    telephone_moment_ = plan_.telephone.Draw(random_);
  }

  void TellContacts(const Contacts& contacts) {
    const auto event = [this](int channel, wave::Disposition disposition, Micros at) {
      context_.messages.Add({.id = unit_.unit_id,
                             .channel = channel,
                             .disposition = disposition,
                             .at = std::min(at, LastMoment())});
    };
    constexpr int kSixOClock = 6 * 3600;
    const Micros invited = plan_.calendar.At(
        {.day = 0, .second = kSixOClock + static_cast<int>(random_.Below(2 * 3600))});
    event(plan_.self_channel, wave::Disposition::kInvited, invited);
    const bool undeliverable = !contacts.alone && random_.Chance(plan_.outcomes.undeliverable);
    event(plan_.self_channel,
          undeliverable ? wave::Disposition::kUndeliverable : wave::Disposition::kDelivered,
          invited + static_cast<Micros>(1 + random_.Below(30)) * kMicrosPerMinute);
    if (!contacts.called) return;
    const Micros call = plan_.calendar.At(telephone_moment_);
    if (contacts.by_telephone) {
      if (random_.Chance(plan_.outcomes.earlier_non_contact)) {
        event(plan_.telephone_channel, wave::Disposition::kNonContact, call - kMicrosPerHour);
      }
      return;
    }
    constexpr std::array kOutcomes = {wave::Disposition::kNonContact, wave::Disposition::kRefusal,
                                      wave::Disposition::kIneligible, wave::Disposition::kOther};
    event(plan_.telephone_channel, kOutcomes[random_.Pick(plan_.outcomes.called)], call);
  }

  void Answer(int channel) {
    const bool telephone = channel == plan_.telephone_channel;
    const std::size_t type = model_.TypeOf(cell_, context_.answers.DrawLevel(cell_, random_));
    const Answers answers = context_.answers.Draw(type, random_);
    Version version{.id = unit_.unit_id,
                    .cell = cell_,
                    .channel = channel,
                    .collected_at = plan_.calendar.At(telephone ? telephone_moment_ : self_moment_),
                    .send_at = 0,
                    .base_weight = {}};
    if (model_.wave->base_weights == wave::BaseWeights::kPerUnit && !model_.wave->has_frame) {
      version.base_weight = unit_.base_weight;
    }
    if (context_.answers.IsIncomplete(answers) && random_.Chance(plan_.behaviour.partials)) {
      version.status = wave::Status::kPartial;
    }
    if (random_.Chance(plan_.behaviour.break_offs)) {
      version.status = wave::Status::kPartial;
      Send(version, context_.answers.BrokenOff(answers));
      return;
    }
    if (random_.Chance(plan_.behaviour.corrections)) {
      SendCorrected(version, answers, context_.answers.Draw(type, random_));
    } else {
      Send(version, answers);
    }
    if (random_.Chance(plan_.behaviour.other_channel)) SendElsewhere(version, answers);
    if (random_.Chance(plan_.behaviour.withdrawals)) Withdraw(version);
  }

  // First with other answers, days later as they should have been.
  void SendCorrected(Version& version, const Answers& answers, const Answers& first) {
    const Micros later = Later(version.collected_at);
    if (later == version.collected_at) {
      Send(version, answers);
      return;
    }
    Version before = version;
    before.status = wave::Status::kComplete;
    Send(before, first);
    version.collected_at = later;
    version.revision = 2;
    Send(version, answers);
  }

  void SendElsewhere(const Version& version, const Answers& answers) {
    if (plan_.telephone_channel == wave::kNone) return;
    Version other = version;
    other.channel =
        version.channel == plan_.self_channel ? plan_.telephone_channel : plan_.self_channel;
    other.collected_at = Later(version.collected_at);
    other.revision = 1;
    Send(other, answers);
  }

  void Withdraw(const Version& version) {
    Version withdrawal = version;
    withdrawal.status = wave::Status::kWithdrawn;
    withdrawal.revision = version.revision + 1;
    withdrawal.collected_at = Later(version.collected_at);
    Send(withdrawal, Answers(model_.wave->questions.size()));
  }

  void Send(Version version, const Answers& answers) {
    const bool telephone = version.channel == plan_.telephone_channel;
    const std::uint64_t delay_s = telephone ? 60 + random_.Below(20 * 60) : 1 + random_.Below(90);
    version.send_at = version.collected_at + static_cast<Micros>(delay_s) * kMicrosPerSecond;
    context_.messages.Add(version, answers);
    if (random_.Chance(plan_.behaviour.duplicates)) {
      version.send_at += static_cast<Micros>(1 + random_.Below(180)) * kMicrosPerMinute;
      context_.messages.Add(version, answers);
    }
    if (version.status == wave::Status::kComplete && random_.Chance(plan_.behaviour.conflicts)) {
      version.send_at += static_cast<Micros>(1 + random_.Below(60)) * kMicrosPerMinute;
      context_.messages.Add(version, context_.answers.Altered(answers));
    }
  }

  Micros LastMoment() const { return plan_.calendar.end() - kMicrosPerSecond; }
  // One to five days on, inside the fieldwork; on its last day nothing comes later.
  Micros Later(Micros time) {
    const Micros later =
        time + static_cast<Micros>(24 * 60 + random_.Below(4 * 24 * 60)) * kMicrosPerMinute;
    return later < LastMoment() ? later : time + (LastMoment() - time) / 2;
  }

  const Plan& plan_;
  const Model& model_;
  Context context_;
  Random random_;
  wave::FrameUnit& unit_;
  std::size_t cell_ = 0;
  Moment self_moment_;
  Moment telephone_moment_;
};

}  // namespace

struct Fieldwork::Impl {
  std::shared_ptr<const Population> population;
  FieldworkOptions options;
  std::vector<wave::FrameUnit> frame;
  std::vector<std::string> test_ids;
  std::vector<Message> messages;

  void AddTests(const AnswerDrawer& answers, MessageList& list);
};

// The collection system tries itself out on the first morning.
void Fieldwork::Impl::AddTests(const AnswerDrawer& answers, MessageList& list) {
  const Plan& plan = population->impl().plan;
  const Model& model = population->impl().model;
  Random random({.seed = options.seed, .number = ~1ull});
  for (std::size_t i = 0; i < plan.tests; ++i) test_ids.push_back(fmt::format("SIMTEST{:04}", i));
  for (std::size_t i = 0; i < plan.tests; ++i) {
    const bool in_frame = model.wave->has_frame && i < frame.size();
    Version test{.id = in_frame ? frame[i].unit_id : test_ids[i],
                 .cell = model.cells.Draw(random),
                 .status = wave::Status::kTest,
                 .base_weight = {}};
    if (model.wave->base_weights == wave::BaseWeights::kPerUnit && !model.wave->has_frame) {
      test.base_weight = 1;
    }
    test.channel = plan.telephone_channel != wave::kNone && i % 2 == 1 ? plan.telephone_channel
                                                                       : plan.self_channel;
    test.collected_at =
        plan.calendar.At({.day = 0, .second = static_cast<int>(5 * 3600 + random.Below(3600))});
    test.send_at = test.collected_at + kMicrosPerSecond;
    list.Add(test,
             answers.Draw(model.TypeOf(test.cell, answers.DrawLevel(test.cell, random)), random));
  }
}

std::unique_ptr<Fieldwork> Fieldwork::Make(std::shared_ptr<const Population> population,
                                           const FieldworkOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->population = std::move(population);
  impl->options = options;
  const Population::Impl& of = impl->population->impl();
  const AnswerDrawer answers(of.model);
  MessageList list(of.model);
  impl->frame.resize(of.plan.invited);
  for (std::uint64_t i = 0; i < impl->frame.size(); ++i)
    impl->frame[i].unit_id = UnitId(options.seed, i);
  for (std::uint64_t i = 0; i < impl->frame.size(); ++i) {
    const UnitStory::Context context{
        .population = of, .answers = answers, .messages = list, .case_events = options.case_events};
    UnitStory(context, Random({.seed = options.seed, .number = i}), impl->frame[i]).Tell();
  }
  impl->AddTests(answers, list);
  impl->messages = list.TakeSorted();
  return std::unique_ptr<Fieldwork>(new Fieldwork(std::move(impl)));
}

Fieldwork::Fieldwork(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Fieldwork::~Fieldwork() = default;

const Population& Fieldwork::population() const { return *impl_->population; }
const std::vector<Message>& Fieldwork::messages() const { return impl_->messages; }
const std::vector<wave::FrameUnit>& Fieldwork::frame() const { return impl_->frame; }

std::string Fieldwork::FrameToCsv() const {
  const wave::Wave& wave = *population().wave();
  std::string csv = "unit_id,channel,base_weight";
  for (const wave::Dimension& dimension : wave.dimensions) csv += "," + QuoteCsv(dimension.id);
  csv += '\n';
  for (const wave::FrameUnit& unit : impl_->frame) {
    csv += fmt::format("{},{},{}", unit.unit_id,
                       QuoteCsv(wave.channels[static_cast<std::size_t>(unit.channel)].code),
                       unit.base_weight);
    for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
      csv += "," + QuoteCsv(wave.dimensions[d].categories[unit.categories[d]].code);
    }
    csv += '\n';
  }
  return csv;
}

std::string Fieldwork::TruthToJson() const {
  std::string json;
  JsonWriter writer(json);
  writer.BeginObject();
  writer.Field("simulated", true);
  writer.Field("wave", population().wave()->id);
  writer.Field("parameters", population().impl().parameters_name);
  writer.Field("seed", impl_->options.seed);
  writer.Field("truth_shift", population().impl().truth_shift);
  writer.Key("figures");
  writer.BeginArray();
  for (const TruthFigure& figure : population().truth()) {
    writer.BeginObject();
    writer.Field("statistic", figure.statistic);
    writer.Field("of", figure.of);
    writer.Field("domain", figure.domain);
    writer.Field("value", figure.value);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  json += '\n';
  return json;
}

std::string Fieldwork::Describe() const {
  const wave::Wave& wave = *population().wave();
  const Plan& plan = population().impl().plan;
  std::vector<std::uint64_t> versions(wave.channels.size(), 0);
  std::uint64_t events = 0;
  for (const Message& message : impl_->messages) {
    if (message.is_event) ++events;
    if (!message.is_event) ++versions[static_cast<std::size_t>(message.channel)];
  }
  std::string text = fmt::format("SIMULATED fieldwork of {}, seed {}, parameters: {}\n", wave.id,
                                 impl_->options.seed, population().impl().parameters_name);
  text += fmt::format("  {} units invited, {:.0f} respondents expected, {} days from {}\n",
                      plan.invited, plan.respondents, plan.calendar.days(),
                      FormatDate(wave.fieldwork_start));
  for (std::size_t channel = 0; channel < versions.size(); ++channel) {
    text += fmt::format("  {} versions by {}\n", versions[channel], wave.channels[channel].code);
  }
  text += fmt::format("  {} case events\n", events);
  if (const TruthFigure* mean = population().FindTruth("mean", "indicator", "")) {
    text += fmt::format("  indicator in the population: {:+.4f} (moved by {:+g})\n", mean->value,
                        population().impl().truth_shift);
  }
  return text;
}

}  // namespace panelpuls::sim
