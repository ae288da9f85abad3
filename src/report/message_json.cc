#include "report/message_json.h"

#include <google/protobuf/descriptor.h>

#include <string>

#include "base/status.h"

namespace panelpuls::report {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

void WriteSingle(const google::protobuf::Message& message, const Reflection& reflection,
                 const FieldDescriptor* field, JsonWriter& json) {
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return json.Signed(reflection.GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return json.Signed(reflection.GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return json.Unsigned(reflection.GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return json.Unsigned(reflection.GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return json.Number(reflection.GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return json.Number(static_cast<double>(reflection.GetFloat(message, field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return json.Bool(reflection.GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return json.String(reflection.GetEnum(message, field)->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return json.String(reflection.GetStringReference(message, field, &scratch));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteMessage(reflection.GetMessage(message, field), json);
  }
}

void WriteElement(const google::protobuf::Message& message, const Reflection& reflection,
                  const FieldDescriptor* field, int index, JsonWriter& json) {
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return json.Signed(reflection.GetRepeatedInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return json.Signed(reflection.GetRepeatedInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return json.Unsigned(reflection.GetRepeatedUInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return json.Unsigned(reflection.GetRepeatedUInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return json.Number(reflection.GetRepeatedDouble(message, field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return json.Number(static_cast<double>(reflection.GetRepeatedFloat(message, field, index)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return json.Bool(reflection.GetRepeatedBool(message, field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return json.String(reflection.GetRepeatedEnum(message, field, index)->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return json.String(reflection.GetRepeatedStringReference(message, field, index, &scratch));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteMessage(reflection.GetRepeatedMessage(message, field, index), json);
  }
}

}  // namespace

void WriteMessage(const google::protobuf::Message& message, JsonWriter& json) {
  const Reflection& reflection = *message.GetReflection();
  const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
  json.BeginObject();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    json.Key(field->name());
    if (field->is_repeated()) {
      json.BeginArray();
      const int size = reflection.FieldSize(message, field);
      for (int k = 0; k < size; ++k) WriteElement(message, reflection, field, k, json);
      json.EndArray();
    } else if (field->has_presence() && !reflection.HasField(message, field)) {
      json.Null();
    } else {
      WriteSingle(message, reflection, field, json);
    }
  }
  json.EndObject();
}

}  // namespace panelpuls::report
