#include "wave/definition_items.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "panelpuls/v1/wave.pb.h"

namespace panelpuls::wave {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

// Answers to a multiple choice are kept as a set, to others as one number.
bool IsMultiple(const Message& item) {
  const auto* question = dynamic_cast<const v1::Question*>(&item);
  return question != nullptr && question->kind() == v1::Question::MULTIPLE;
}
// What `item` of a numbered list is called: option "up" of question "orders".
std::string NameOf(const Message& owner, const FieldDescriptor& list, const std::string& key) {
  std::string noun(list.name());
  noun.pop_back();
  if (noun.ends_with("ie")) noun.replace(noun.size() - 2, 2, "y");  // categories
  if (owner.GetDescriptor() == v1::WaveDefinition::descriptor()) {
    return fmt::format("{} \"{}\"", noun, key);
  }
  const bool of_question = owner.GetDescriptor() == v1::Question::descriptor();
  const FieldDescriptor& id = *owner.GetDescriptor()->FindFieldByName("id");
  return fmt::format("{} \"{}\" of {} \"{}\"", noun, key, of_question ? "question" : "dimension",
                     ValueOf(owner, id));
}

}  // namespace

const FieldDescriptor* KeyOf(const FieldDescriptor& list) {
  if (list.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  const FieldDescriptor* key = list.message_type()->FindFieldByName("id");
  return key != nullptr ? key : list.message_type()->FindFieldByName("code");
}

std::string TextOf(const Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(message, &text);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

namespace {

// index -1: of a singular field.
std::string ValueAt(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return index < 0 ? reflection.GetString(message, &field)
                     : reflection.GetRepeatedString(message, &field, index);
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return TextOf(reflection.GetRepeatedMessage(message, &field, index));
  }
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &text);
  return text;
}

}  // namespace

std::string ValueOf(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->HasField(message, &field) ? ValueAt(message, field, -1)
                                                            : std::string();
}

std::vector<std::string> ValuesOf(const Message& message, const FieldDescriptor& list) {
  std::vector<std::string> values;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &list); ++i) {
    values.push_back(ValueAt(message, list, i));
  }
  return values;
}

std::vector<Item> ItemsOf(const Message& message, const FieldDescriptor& list) {
  const FieldDescriptor& key = *KeyOf(list);
  std::vector<Item> items;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &list); ++i) {
    const Message& item = message.GetReflection()->GetRepeatedMessage(message, &list, i);
    items.push_back({&item, ValueOf(item, key)});
  }
  return items;
}
const Item* Find(const std::vector<Item>& items, std::string_view key) {
  const auto found =
      std::find_if(items.begin(), items.end(), [key](const Item& item) { return item.key == key; });
  return found == items.end() ? nullptr : &*found;
}

std::string Joined(const std::vector<std::string>& values) {
  constexpr std::size_t kMost = 12;
  if (values.size() > kMost) {
    return fmt::format("{}, ..., {} ({} in all)", values.front(), values.back(), values.size());
  }
  return fmt::format("{}", fmt::join(values, ", "));
}
std::string Keys(const std::vector<Item>& items) {
  std::vector<std::string> keys;
  for (const Item& item : items) keys.push_back(item.key);
  return Joined(keys);
}

bool SamePlace(const Item& before, const Item& after) {
  return before.key == after.key && IsMultiple(*before.message) == IsMultiple(*after.message);
}

std::string WhyLost(const Message& owner, const FieldDescriptor& list,
                    const std::vector<Item>& before, const std::vector<Item>& after,
                    std::size_t i) {
  const std::string name = NameOf(owner, list, before[i].key);
  if (i < after.size() && after[i].key == before[i].key) {
    return fmt::format(
        "{} {} MULTIPLE: answers to a multiple choice are kept as a set, to others as a number; "
        "put it back, or add a question of another id at the end",
        name, IsMultiple(*after[i].message) ? "became" : "is no longer");
  }
  if (Find(after, before[i].key) == nullptr) {
    return fmt::format(
        "{} was removed: records hold its number; put it back (its label may change), {}", name,
        kAnew);
  }
  if (i < after.size() && Find(before, after[i].key) == nullptr) {
    return fmt::format(
        "{} was added before \"{}\", whose number records hold; put it at the end of the list",
        NameOf(owner, list, after[i].key), before[i].key);
  }
  return fmt::format("{} stands at another place: records hold its number; put it back in order",
                     name);
}

bool HasTotals(const v1::Dimension& dimension) {
  return std::any_of(dimension.categories().begin(), dimension.categories().end(),
                     [](const v1::Category& category) { return category.has_population(); });
}

}  // namespace panelpuls::wave
