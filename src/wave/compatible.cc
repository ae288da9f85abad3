// What may change while a wave runs (FORMATS F2).
#include <google/protobuf/util/message_differencer.h>

#include "wave/definition.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr std::string_view kMend = "or start a new wave id in a new directory";

// Removes every text, wherever it stands.
void ClearTexts(Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->message_type() == v1::Text::descriptor()) {
      reflection->ClearField(&message, field);
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        ClearTexts(*reflection->MutableRepeatedMessage(&message, field, i));
      }
    } else {
      ClearTexts(*reflection->MutableMessage(&message, field));
    }
  }
}

// Leaves only what must stay as it is.
void ClearWhatMayChange(v1::WaveDefinition& definition) {
  ClearTexts(definition);
  for (v1::Channel& channel : *definition.mutable_channels()) channel.clear_target();
  for (v1::Dimension& dimension : *definition.mutable_dimensions()) {
    for (v1::Category& category : *dimension.mutable_categories()) {
      category.clear_population();
      category.clear_target();
    }
  }
  definition.clear_population();
  definition.clear_joint_population();
  definition.clear_planned_respondents();
  definition.clear_planned_arrivals();
  definition.clear_comparisons();
  definition.clear_max_respondents();
  if (definition.has_sample_frame()) {
    // The frame was imported once; where its file lies now does not matter.
    definition.mutable_sample_frame()->Clear();
  }
}

// A removed, added or moved item of a list that is told apart by code or id.
template <typename Range, typename Code>
absl::Status CompareItems(const Range& before, const Range& after, std::string_view what,
                          std::string_view of, Code code) {
  const auto find = [&](const Range& range, const std::string& wanted) {
    for (const auto& item : range) {
      if (code(item) == wanted) return true;
    }
    return false;
  };
  for (const auto& item : before) {
    if (find(after, code(item))) continue;
    return FailedPrecondition("{} \"{}\"{} was removed; put it back, {}", what, code(item), of,
                              kMend);
  }
  for (const auto& item : after) {
    if (find(before, code(item))) continue;
    return FailedPrecondition("{} \"{}\"{} was added; take it out, {}", what, code(item), of,
                              kMend);
  }
  for (int i = 0; i < before.size(); ++i) {
    if (code(before.Get(i)) == code(after.Get(i))) continue;
    return FailedPrecondition("{} \"{}\"{} stands at another place; put it back in order, {}", what,
                              code(before.Get(i)), of, kMend);
  }
  return absl::OkStatus();
}

const auto kCodeOf = [](const auto& item) -> const std::string& { return item.code(); };
const auto kIdOf = [](const auto& item) -> const std::string& { return item.id(); };

absl::Status CompareLists(const v1::WaveDefinition& before, const v1::WaveDefinition& after) {
  PP_RETURN_IF_ERROR(CompareItems(before.channels(), after.channels(), "channel", "", kCodeOf));
  PP_RETURN_IF_ERROR(CompareItems(before.dimensions(), after.dimensions(), "dimension", "", kIdOf));
  for (int d = 0; d < before.dimensions_size(); ++d) {
    const std::string of = fmt::format(" of dimension \"{}\"", before.dimensions(d).id());
    PP_RETURN_IF_ERROR(CompareItems(before.dimensions(d).categories(),
                                    after.dimensions(d).categories(), "category", of, kCodeOf));
  }
  PP_RETURN_IF_ERROR(CompareItems(before.questions(), after.questions(), "question", "", kIdOf));
  for (int q = 0; q < before.questions_size(); ++q) {
    const v1::Question& question = before.questions(q);
    const std::string of = fmt::format(" of question \"{}\"", question.id());
    PP_RETURN_IF_ERROR(
        CompareItems(question.options(), after.questions(q).options(), "option", of, kCodeOf));
    PP_RETURN_IF_ERROR(CompareItems(question.sets(), after.questions(q).sets(), "set", of, kIdOf));
  }
  return CompareItems(before.indicator().groups(), after.indicator().groups(), "group",
                      " of the indicator", kIdOf);
}

// Says in words where the first difference lies: "questions[revenue].required was removed".
class FirstDifference final : public MessageDifferencer::Reporter {
 public:
  using Path = std::vector<MessageDifferencer::SpecificField>;

  // The compared messages; what Report gets are those around the difference.
  FirstDifference(const Message& before, const Message& after) : before_(before), after_(after) {}

  void ReportAdded(const Message& /*before*/, const Message& /*after*/, const Path& path) override {
    Report(path, true, "was added; take it out");
  }
  void ReportDeleted(const Message& /*before*/, const Message& /*after*/,
                     const Path& path) override {
    Report(path, false, "was removed; put it back");
  }
  void ReportModified(const Message& /*before*/, const Message& /*after*/,
                      const Path& path) override {
    Report(path, false, "was changed; put it back as it was");
  }
  const std::string& text() const { return text_; }

 private:
  static std::string NameOfItem(const Message& item) {
    for (const char* key : {"id", "code"}) {
      const FieldDescriptor* field = item.GetDescriptor()->FindFieldByName(key);
      if (field != nullptr) return item.GetReflection()->GetString(item, field);
    }
    return {};
  }

  void Report(const Path& path, bool in_after, std::string_view verdict) {
    if (!text_.empty()) return;
    const Message* at = in_after ? &after_ : &before_;
    for (const MessageDifferencer::SpecificField& step : path) {
      text_ += (text_.empty() ? "" : ".") + step.field->name();
      if (step.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) break;
      const auto* reflection = at->GetReflection();
      if (!step.field->is_repeated()) {
        at = &reflection->GetMessage(*at, step.field);
        continue;
      }
      const int index = in_after ? step.new_index : step.index;
      if (index < 0 || index >= reflection->FieldSize(*at, step.field)) break;
      at = &reflection->GetRepeatedMessage(*at, step.field, index);
      const std::string name = NameOfItem(*at);
      text_ += name.empty() ? fmt::format("[{}]", index) : fmt::format("[{}]", name);
    }
    text_ += fmt::format(" {}", verdict);
  }

  const Message& before_;
  const Message& after_;
  std::string text_;
};

}  // namespace

absl::Status CheckCompatible(const Wave& running, const Wave& edited) {
  v1::WaveDefinition before, after;
  PP_CHECK(before.ParseFromString(running.canonical) && after.ParseFromString(edited.canonical));
  if (running.id != edited.id) {
    return FailedPrecondition(
        "the directory holds wave \"{}\", the definition is of \"{}\"; take the definition of "
        "\"{}\", "
        "or a new directory",
        running.id, edited.id, running.id);
  }
  if (edited.max_respondents < running.max_respondents) {
    return FailedPrecondition(
        "max_respondents was {} and is {}; while a wave runs it may only grow, put it back",
        running.max_respondents, edited.max_respondents);
  }
  ClearWhatMayChange(before);
  ClearWhatMayChange(after);
  PP_RETURN_IF_ERROR(CompareLists(before, after));
  FirstDifference first(before, after);
  MessageDifferencer differencer;
  differencer.ReportDifferencesTo(&first);
  if (differencer.Compare(before, after)) return absl::OkStatus();
  return FailedPrecondition("{}, {}", first.text(), kMend);
}

}  // namespace panelpuls::wave
