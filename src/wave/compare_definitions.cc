// What each field of a definition means for the records, and which differ.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/status.h"
#include "panelpuls/v1/wave.pb.h"
#include "wave/changes.h"
#include "wave/definition_items.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What a change of a field means. A field in no list below is computed.

// Lists whose places are numbers in the records.
constexpr std::array<std::string_view, 4> kNumbered = {
    "panelpuls.v1.WaveDefinition.channels", "panelpuls.v1.Dimension.categories",
    "panelpuls.v1.WaveDefinition.questions", "panelpuls.v1.Question.options"};

constexpr std::array<std::string_view, 4> kLater = {
    "panelpuls.v1.WaveDefinition.fieldwork_start",
    "panelpuls.v1.WaveDefinition.clock_tolerance_minutes", "panelpuls.v1.Question.max_choices",
    "panelpuls.v1.Option.exclusive"};

// Fields of the definition that say what figures estimate, with all inside them but kNoFigure.
constexpr std::array<std::string_view, 9> kFigures = {
    "panelpuls.v1.WaveDefinition.channel_priority", "panelpuls.v1.WaveDefinition.dimensions",
    "panelpuls.v1.WaveDefinition.joint_population", "panelpuls.v1.WaveDefinition.questions",
    "panelpuls.v1.WaveDefinition.indicator",        "panelpuls.v1.WaveDefinition.weighting",
    "panelpuls.v1.WaveDefinition.design",           "panelpuls.v1.Reporting.confidence_level",
    "panelpuls.v1.Reporting.response_fpc"};
constexpr std::array<std::string_view, 5> kNoFigure = {
    "panelpuls.v1.Category.target", "panelpuls.v1.Question.battery",
    "panelpuls.v1.Question.max_choices", "panelpuls.v1.Option.exclusive",
    "panelpuls.v1.Option.ranked"};

template <std::size_t kSize>
bool IsOneOf(const std::array<std::string_view, kSize>& fields, const FieldDescriptor& field) {
  return std::find(fields.begin(), fields.end(), field.full_name()) != fields.end();
}
bool Is(const FieldDescriptor& field, std::string_view name) { return field.full_name() == name; }

class Differ {
 public:
  Differ(const v1::WaveDefinition& before, const v1::WaveDefinition& after)
      : before_(before), after_(after) {}

  std::vector<Change> Run() && {
    CompareMessages(before_, after_, "", false);
    return std::move(changes_);
  }

 private:
  void CompareMessages(const Message& before, const Message& after, const std::string& path,
                       bool figures);
  void CompareSingle(const Message& before, const Message& after, const FieldDescriptor& field,
                     const std::string& path, bool figures);
  void CompareKeyed(const Message& before, const Message& after, const FieldDescriptor& list,
                    const std::string& path, bool figures);
  void CompareNumbered(const Message& before, const Message& after, const FieldDescriptor& list,
                       const std::string& path, bool figures);
  void CompareDimensions(const std::vector<Item>& before, const std::vector<Item>& after);
  void CompareValues(const Message& before, const Message& after, const FieldDescriptor& list,
                     const std::string& path, bool figures);
  void Note(ChangeKind kind, std::string what, std::string before, std::string after, bool figures,
            std::string reason = {}) {
    changes_.push_back({.kind = kind,
                        .what = std::move(what),
                        .before = std::move(before),
                        .after = std::move(after),
                        .reason = std::move(reason),
                        .begins_sequence = figures});
  }
  std::string WhyFixed(const FieldDescriptor& field, const std::string& before,
                       const std::string& after) const;

  const v1::WaveDefinition& before_;
  const v1::WaveDefinition& after_;
  std::vector<Change> changes_;
};

// Why a single value stands in the records or in what follows from them; empty: it does not.
std::string Differ::WhyFixed(const FieldDescriptor& field, const std::string& before,
                             const std::string& after) const {
  if (Is(field, "panelpuls.v1.WaveDefinition.id")) {
    return fmt::format(
        "the directory holds wave \"{}\", the definition is of \"{}\"; take the definition of "
        "\"{}\", or a new directory",
        before, after, before);
  }
  // With a sample frame its units are counted.
  if (Is(field, "panelpuls.v1.WaveDefinition.max_respondents") && !after_.has_sample_frame() &&
      after_.max_respondents() < before_.max_respondents()) {
    return fmt::format(
        "max_respondents was {} and is {}: units up to there may have been taken; while a wave "
        "runs it may only grow, put it back",
        before_.max_respondents(), after_.max_respondents());
  }
  if (Is(field, "panelpuls.v1.Reporting.sequence_planned_n")) {
    return fmt::format(
        "reporting.sequence_planned_n was {} and is {}: the confidence sequence holds over all "
        "looks only when it is fixed before the first of them (METHOD M6); put it back",
        before_.reporting().sequence_planned_n(), after_.reporting().sequence_planned_n());
  }
  const bool had_weights = before_.design().base_weights() == v1::BASE_WEIGHTS_PER_UNIT;
  const bool has_weights = after_.design().base_weights() == v1::BASE_WEIGHTS_PER_UNIT;
  if (Is(field, "panelpuls.v1.Design.base_weights") && had_weights != has_weights) {
    return fmt::format(
        "design.base_weights was {} and is {}: the records that are there hold {} base weight of "
        "their unit; put it back, {}",
        before, after, had_weights ? "the" : "no", kAnew);
  }
  if (Is(field, "panelpuls.v1.Design.base_weight_log2") && had_weights && has_weights) {
    return fmt::format(
        "design.base_weight_log2 was {} and is {}: the base weights in the records are multiplied "
        "by it already; put it back, {}",
        before_.design().base_weight_log2(), after_.design().base_weight_log2(), kAnew);
  }
  return {};
}

void Differ::CompareMessages(const Message& before, const Message& after, const std::string& path,
                             bool figures) {
  const auto& type = *before.GetDescriptor();
  if (&type == v1::Text::descriptor()) figures = false;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string what = path.empty() ? std::string(field.name())
                                          : fmt::format("{}.{}", path, std::string(field.name()));
    const bool of_figures = (figures || IsOneOf(kFigures, field)) && !IsOneOf(kNoFigure, field);
    if (!field.is_repeated()) {
      CompareSingle(before, after, field, what, of_figures);
    } else if (IsOneOf(kNumbered, field)) {
      CompareNumbered(before, after, field, what, of_figures);
    } else if (KeyOf(field) != nullptr) {
      CompareKeyed(before, after, field, what, of_figures);
    } else {
      CompareValues(before, after, field, what, of_figures);
    }
  }
}

void Differ::CompareSingle(const Message& before, const Message& after,
                           const FieldDescriptor& field, const std::string& path, bool figures) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const bool had = before.GetReflection()->HasField(before, &field);
    const bool has = after.GetReflection()->HasField(after, &field);
    if (Is(field, "panelpuls.v1.WaveDefinition.sample_frame") && had != has) {
      Note(ChangeKind::kRefused, path, had ? "{...}" : "", has ? "{...}" : "", false,
           had ? fmt::format("sample_frame was removed: the units in the records have their "
                             "categories from it; put it back, {}",
                             kAnew)
               : fmt::format("sample_frame was added: units that are not in it may have been "
                             "taken; take it out, {}",
                             kAnew));
      return;
    }
    CompareMessages(before.GetReflection()->GetMessage(before, &field),
                    after.GetReflection()->GetMessage(after, &field), path, figures);
    return;
  }
  std::string was = ValueOf(before, field);
  std::string is = ValueOf(after, field);
  if (was == is && before.GetReflection()->HasField(before, &field) ==
                       after.GetReflection()->HasField(after, &field)) {
    return;
  }
  std::string reason = WhyFixed(field, was, is);
  const ChangeKind kind = !reason.empty()          ? ChangeKind::kRefused
                          : IsOneOf(kLater, field) ? ChangeKind::kLater
                                                   : ChangeKind::kComputed;
  Note(kind, path, std::move(was), std::move(is), figures, std::move(reason));
}

void Differ::CompareKeyed(const Message& before, const Message& after, const FieldDescriptor& list,
                          const std::string& path, bool figures) {
  const std::vector<Item> was = ItemsOf(before, list);
  const std::vector<Item> is = ItemsOf(after, list);
  if (Is(list, "panelpuls.v1.WaveDefinition.dimensions")) CompareDimensions(was, is);
  std::vector<std::string> common_before, common_after;
  for (const Item& item : was) {
    const Item* same = Find(is, item.key);
    const std::string what = fmt::format("{}[{}]", path, item.key);
    if (same == nullptr) {
      Note(ChangeKind::kComputed, what, TextOf(*item.message), "", figures);
      continue;
    }
    common_before.push_back(item.key);
    CompareMessages(*item.message, *same->message, what, figures);
  }
  for (const Item& item : is) {
    if (Find(was, item.key) != nullptr) {
      common_after.push_back(item.key);
      continue;
    }
    Note(ChangeKind::kComputed, fmt::format("{}[{}]", path, item.key), "", TextOf(*item.message),
         figures);
  }
  if (common_before == common_after) return;
  Note(ChangeKind::kComputed, path, Joined(common_before), Joined(common_after), figures);
}

// Every record has a category of each, in their order.
void Differ::CompareDimensions(const std::vector<Item>& before, const std::vector<Item>& after) {
  const auto refuse = [&](const std::string& text) {
    Note(ChangeKind::kRefused, "dimensions", Keys(before), Keys(after), false,
         fmt::format("{}, {}", text, kAnew));
  };
  for (const Item& item : before) {
    if (Find(after, item.key) != nullptr) continue;
    return refuse(fmt::format(
        "dimension \"{}\" was removed: each record has a category of it; put it back (to weight "
        "without it, name the others in weighting.dimensions)",
        item.key));
  }
  for (const Item& item : after) {
    if (Find(before, item.key) != nullptr) continue;
    return refuse(fmt::format(
        "dimension \"{}\" was added: the records that are there have no category of it; take it "
        "out",
        item.key));
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].key == after[i].key) continue;
    return refuse(fmt::format(
        "dimension \"{}\" stands at another place: records have their categories in the order of "
        "the dimensions; put it back in order",
        before[i].key));
  }
}

void Differ::CompareNumbered(const Message& before, const Message& after,
                             const FieldDescriptor& list, const std::string& path, bool figures) {
  const std::vector<Item> was = ItemsOf(before, list);
  const std::vector<Item> is = ItemsOf(after, list);
  std::string lost;  // of the first one
  for (std::size_t i = 0; i < was.size(); ++i) {
    if (i < is.size() && SamePlace(was[i], is[i])) {
      CompareMessages(*was[i].message, *is[i].message, fmt::format("{}[{}]", path, was[i].key),
                      figures);
    } else if (lost.empty()) {
      lost = WhyLost(before, list, was, is, i);
    }
  }
  if (!lost.empty()) {
    Note(ChangeKind::kTakenBack, path, Keys(was), Keys(is), figures, std::move(lost));
  }
  const bool of_questions = Is(list, "panelpuls.v1.WaveDefinition.questions");
  for (std::size_t i = was.size(); i < is.size(); ++i) {
    if (Find(was, is[i].key) != nullptr) continue;
    Note(ChangeKind::kAdded, fmt::format("{}[{}]", path, is[i].key), "", TextOf(*is[i].message),
         figures && !of_questions);
  }
}

// A list whose items have no name.
void Differ::CompareValues(const Message& before, const Message& after, const FieldDescriptor& list,
                           const std::string& path, bool figures) {
  const std::vector<std::string> was = ValuesOf(before, list);
  const std::vector<std::string> is = ValuesOf(after, list);
  if (was == is) return;
  if (Is(list, "panelpuls.v1.WaveDefinition.disposition_precedence")) {
    Note(ChangeKind::kRefused, path, Joined(was), Joined(is), false,
         "disposition_precedence was changed: of two case events of one instant it decided which "
         "one was kept; put it back as it was");
    return;
  }
  if (list.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    Note(ChangeKind::kComputed, path, Joined(was), Joined(is), figures);
    return;
  }
  // Those that only one of them has.
  std::vector<std::string> only_before = was;
  std::vector<std::string> only_after;
  for (const std::string& value : is) {
    const auto found = std::find(only_before.begin(), only_before.end(), value);
    if (found == only_before.end()) {
      only_after.push_back(value);
    } else {
      only_before.erase(found);
    }
  }
  if (only_before.empty() && only_after.empty()) {
    Note(ChangeKind::kComputed, path, "in another order", "in this order", figures);
  }
  for (std::size_t i = 0; i < std::max(only_before.size(), only_after.size()); ++i) {
    Note(ChangeKind::kComputed, path, i < only_before.size() ? only_before[i] : "",
         i < only_after.size() ? only_after[i] : "", figures);
  }
}

}  // namespace

std::vector<Change> CompareDefinitions(const Wave& before, const Wave& after) {
  v1::WaveDefinition was, is;
  PP_CHECK(was.ParseFromString(before.canonical) && is.ParseFromString(after.canonical));
  // One that an earlier program journaled may not have the fields of today.
  FillDefaults(was);
  FillDefaults(is);
  return Differ(was, is).Run();
}

}  // namespace panelpuls::wave
