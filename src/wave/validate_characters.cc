// Codes that people can tell apart: nothing in them is invisible, and blanks are the usual ones.
// Not asked of a definition that a journal keeps: it may be of a program that did not look.
#include "base/characters.h"
#include "base/printable.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Controls are looked at with the rest of a code.
constexpr Character kLastControl = 0x9F;

// What is wrong with a code's characters, and the mend; empty: nothing.
std::string FindFault(std::string_view code) {
  for (std::string_view rest = code; !rest.empty();) {
    const Character character = TakeCharacter(rest);
    if (IsUnseen(character) && character > kLastControl) {
      return fmt::format("holds {}, which nobody sees; remove it", SpellCharacter(character));
    }
    if (IsOtherBlank(character)) {
      return fmt::format("holds {}; write a usual blank", SpellCharacter(character));
    }
  }
  return {};
}

bool HoldsCode(const FieldDescriptor& field) {
  return field.name() == "code" || field.name() == "id" || field.name() == "battery";
}

absl::Status Check(const Message& message, const Place& place) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && HoldsCode(*field)) {
      const std::string code = reflection->GetString(message, field);
      const std::string fault = FindFault(code);
      if (fault.empty()) continue;
      return place.ErrorAt(field->name().c_str(),
                           fmt::format("{} \"{}\" {}", field->name(), Printable(code), fault));
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const bool repeated = field->is_repeated();
    const int count = repeated ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      PP_RETURN_IF_ERROR(Check(repeated ? reflection->GetRepeatedMessage(message, field, i)
                                        : reflection->GetMessage(message, field),
                               place.In(field->name().c_str(), repeated ? i : -1)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateCharacters(const DefinitionSource& source) {
  return Check(source.definition, source.Root());
}

}  // namespace panelpuls::wave
