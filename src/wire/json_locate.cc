#include "wire/json_locate.h"

#include <simdjson.h>

namespace panelpuls::wire {
namespace {

namespace ondemand = simdjson::ondemand;

// Deeper than a parser that is given the same document goes; bounds the stack.
constexpr int kMostNested = 100;

simdjson::error_code WalkValue(ondemand::value value, int depth);

// Each reads every token below, so that an error is met where it stands.
simdjson::error_code WalkObject(ondemand::object object, int depth) {
  if (depth == kMostNested) return simdjson::DEPTH_ERROR;
  for (auto field : object) {
    std::string_view name;
    ondemand::value inner;
    if (const auto error = field.unescaped_key().get(name)) return error;
    if (const auto error = field.value().get(inner)) return error;
    if (const auto error = WalkValue(inner, depth + 1)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code WalkArray(ondemand::array array, int depth) {
  if (depth == kMostNested) return simdjson::DEPTH_ERROR;
  for (auto element : array) {
    ondemand::value inner;
    if (const auto error = element.get(inner)) return error;
    if (const auto error = WalkValue(inner, depth + 1)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code WalkValue(ondemand::value value, int depth) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return WalkObject(object, depth);
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (const auto error = value.get_array().get(array)) return error;
      return WalkArray(array, depth);
    }
    case ondemand::json_type::string:
      return value.get_string().error();
    case ondemand::json_type::number:
      return value.get_number().error();
    case ondemand::json_type::boolean:
      return value.get_bool().error();
    default:
      return value.is_null().error();
  }
}

// The root is opened as what it is, not as a value: only then does the parser refuse a document
// whose last token does not close it, and without that it would read past the tokens it found.
simdjson::error_code WalkRoot(ondemand::document& document) {
  ondemand::json_type type;
  if (const auto error = document.type().get(type)) return error;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    return WalkObject(object, 0);
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const auto error = document.get_array().get(array)) return error;
    return WalkArray(array, 0);
  }
  return simdjson::SUCCESS;
}

}  // namespace

std::optional<std::size_t> LocateJsonError(std::string_view json) {
  ondemand::parser parser;
  ondemand::document document;
  const simdjson::padded_string_view padded(json.data(), json.size(),
                                            json.size() + simdjson::SIMDJSON_PADDING);
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  const simdjson::error_code error = WalkRoot(document);
  if (error == simdjson::SUCCESS) return std::nullopt;
  if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) return json.size();
  const char* place = nullptr;
  if (document.current_location().get(place) != simdjson::SUCCESS) return std::nullopt;
  if (place < json.data() || place > json.data() + json.size()) return std::nullopt;
  return static_cast<std::size_t>(place - json.data());
}

}  // namespace panelpuls::wire
