#include "wave/definition_source.h"

#include <google/protobuf/io/tokenizer.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/csv.h"
#include "base/printable.h"

namespace panelpuls::wave {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

const FieldDescriptor* FieldOf(const Descriptor* descriptor, const char* name) {
  const FieldDescriptor* field = descriptor->FindFieldByName(name);
  PP_CHECK(field != nullptr);
  return field;
}

// The text between two marks, or nothing.
std::optional<std::string_view> Between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t from = begin + before.size();
  const std::size_t end = text.find(after, from);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(from, end - from);
}

std::string FieldNames(const Descriptor* descriptor) {
  std::string names;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    names += (i == 0 ? "" : ", ") + descriptor->field(i)->name();
  }
  return names;
}

// Finds an enumeration field of that name anywhere below the definition.
const FieldDescriptor* FindEnumField(const Descriptor* descriptor, std::string_view name) {
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->enum_type() != nullptr && field->name() == name) return field;
    if (field->message_type() == nullptr) continue;
    if (const FieldDescriptor* found = FindEnumField(field->message_type(), name)) return found;
  }
  return nullptr;
}

// What to write instead, from the parser's own words.
std::string MendOf(std::string_view message) {
  if (const auto type = Between(message, "Message type \"", "\" has no field")) {
    const Descriptor* descriptor =
        v1::WaveDefinition::descriptor()->file()->pool()->FindMessageTypeByName(std::string(*type));
    if (descriptor != nullptr) return "its fields are " + FieldNames(descriptor);
  }
  if (message.find("numeration value") != std::string_view::npos) {
    const auto name = Between(message, "for field \"", "\"");
    const FieldDescriptor* field =
        name ? FindEnumField(v1::WaveDefinition::descriptor(), *name) : nullptr;
    if (field != nullptr) {
      std::string values;
      for (int i = 0; i < field->enum_type()->value_count(); ++i) {
        values += (i == 0 ? "" : ", ") + field->enum_type()->value(i)->name();
      }
      return "write one of " + values;
    }
  }
  if (message.find("specified multiple times") != std::string_view::npos) return "remove one";
  return "correct it as the schema wave.proto has it";
}

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  FirstError(std::string_view name, std::string_view text) : name_(name), text_(text) {}
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (!status_.ok()) return;
    std::string_view words = message;
    while (words.ends_with('.')) words.remove_suffix(1);
    status_ = InvalidArgument("{}:{}: {}; {}", name_, LineOf(line, message), Printable(words, 300),
                              MendOf(message));
  }
  const absl::Status& status() const { return status_; }

 private:
  // The parser speaks of an enumeration value after it has read on, maybe on a later line.
  int LineOf(int line, std::string_view message) const {
    if (message.find("numeration value") == std::string_view::npos) return line + 1;
    const auto value = Between(message, "value of \"", "\"");
    std::size_t end = 0;
    for (int i = 0; i <= line && end < text_.size(); ++i) end = text_.find('\n', end + 1);
    const std::size_t at = value ? text_.substr(0, end).rfind(*value) : std::string_view::npos;
    if (at == std::string_view::npos) return line + 1;
    return 1 +
           static_cast<int>(std::count(text_.begin(), text_.begin() + static_cast<long>(at), '\n'));
  }

  std::string_view name_;
  std::string_view text_;
  absl::Status status_;
};

// Refuses text whose bytes are not UTF-8, by line; escapes in strings are looked at separately.
absl::Status CheckUtf8(std::string_view text, std::string_view name) {
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::string_view row = text.substr(0, text.find('\n'));
    if (!IsValidUtf8(row)) {
      return InvalidArgument("{}:{}: not UTF-8: {}; save the file as UTF-8", name, line,
                             Printable(row, 120));
    }
    text.remove_prefix(std::min(text.size(), row.size() + 1));
  }
  return absl::OkStatus();
}

absl::Status CheckString(const std::string& text, const Place& place, const FieldDescriptor* field,
                         int index) {
  if (IsValidUtf8(text)) return absl::OkStatus();
  return place.ErrorAt(
      field->name().c_str(), index,
      fmt::format("{} is not UTF-8: \"{}\"; write the text itself, without escapes", field->name(),
                  Printable(text)));
}

// Every string of the message, and of those in it, is UTF-8.
absl::Status CheckStrings(const Message& message, const Place& place) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool repeated = field->is_repeated();
    const int count = repeated ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const int index = repeated ? i : -1;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        PP_RETURN_IF_ERROR(CheckString(repeated ? reflection->GetRepeatedString(message, field, i)
                                                : reflection->GetString(message, field),
                                       place, field, index));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        PP_RETURN_IF_ERROR(CheckStrings(repeated ? reflection->GetRepeatedMessage(message, field, i)
                                                 : reflection->GetMessage(message, field),
                                        place.In(field->name().c_str(), index)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

Place Place::In(const char* field, int index) const {
  const FieldDescriptor* descriptor = FieldOf(descriptor_, field);
  const Tree* nested = tree_ == nullptr ? nullptr : tree_->GetTreeForNested(descriptor, index);
  // A message that is not written has no tree; its fields then stand where its parent does.
  return Place(name_, nested, descriptor->message_type(),
               tree_ == nullptr ? line_ : LineOf(field, index));
}

int Place::LineOf(const char* field, int index) const {
  if (tree_ == nullptr) return line_;
  const FieldDescriptor* descriptor = FieldOf(descriptor_, field);
  // Of a list in brackets only the first item has a place.
  for (int i = index; i >= -1; --i) {
    if (descriptor->is_repeated() != (i >= 0)) continue;
    const auto location = tree_->GetLocation(descriptor, i);
    if (location.line >= 0) return location.line + 1;
  }
  return line_;
}

std::string Place::Spell(int line) const {
  if (line == kNoLine) return std::string(name_);
  return fmt::format("{}:{}", name_, line);
}

absl::Status Place::Error(std::string_view message) const {
  return InvalidArgument("{}: {}", Text(), message);
}

absl::Status Place::ErrorAt(const char* field, int index, std::string_view message) const {
  return InvalidArgument("{}: {}", TextOf(field, index), message);
}

std::string DefinitionSource::TotalPlace(int dimension, int category) const {
  const auto d = static_cast<std::size_t>(dimension);
  const auto c = static_cast<std::size_t>(category);
  if (d < total_places.size() && c < total_places[d].size() && !total_places[d][c].empty()) {
    return total_places[d][c];
  }
  return Root().In("dimensions", dimension).In("categories", category).TextOf("population");
}

absl::Status ParseDefinition(std::string_view text, DefinitionSource& source) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  PP_RETURN_IF_ERROR(CheckUtf8(text, source.name));
  TextFormat::Parser parser;
  FirstError errors(source.name, text);
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&source.tree);
  const bool parsed = parser.ParseFromString(std::string(text), &source.definition);
  PP_RETURN_IF_ERROR(errors.status());
  if (!parsed)
    return InvalidArgument("{}:1: not a wave definition in protobuf text format", source.name);
  source.has_tree = true;
  return absl::OkStatus();
}

absl::StatusOr<CsvFormat> DeclaredFormat(const v1::CsvFormat& declared, const Place& place) {
  absl::StatusOr<CsvFormat> format = MakeCsvFormat({.separator = declared.separator(),
                                                    .decimal_comma = declared.decimal_comma(),
                                                    .thousands = declared.thousands_separator(),
                                                    .encoding = declared.encoding()});
  if (format.ok()) return format;
  return place.ErrorAt("format", ToStd(format.status().message()));
}

absl::Status ValidateStrings(const DefinitionSource& source) {
  return CheckStrings(source.definition, source.Root());
}

absl::Status ValidateDefinition(const DefinitionSource& source) {
  PP_RETURN_IF_ERROR(ValidateStrings(source));
  PP_RETURN_IF_ERROR(ValidateCalendar(source));
  PP_RETURN_IF_ERROR(ValidateChannels(source));
  PP_RETURN_IF_ERROR(ValidateDimensions(source));
  PP_RETURN_IF_ERROR(ValidateQuestions(source));
  PP_RETURN_IF_ERROR(ValidateFieldwork(source));
  PP_RETURN_IF_ERROR(ValidateTotals(source));
  PP_RETURN_IF_ERROR(ValidateWeighting(source));
  PP_RETURN_IF_ERROR(ValidateDesign(source));
  PP_RETURN_IF_ERROR(ValidateIndicator(source));
  PP_RETURN_IF_ERROR(ValidateTabulations(source));
  return ValidateComparisons(source);
}

}  // namespace panelpuls::wave
