#include "wire/json_record.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/limits.h"
#include "base/printable.h"
#include "base/time_zone.h"

namespace panelpuls::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::string_view TypeName(element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

// For a reason that begins with what was sent.
bool FailValue(RecordFault& fault, std::string field, std::string_view value,
               std::string_view why) {
  Fail(fault, std::move(field), fmt::format("'{}' {}", Printable(value, kMostQuotedOfSender), why));
  fault.kept = fmt::format("'{}' {}", Glimpse(value), why);
  return false;
}

// A field as the schema names it and as JSON may.
struct JsonName {
  std::string_view schema;
  std::string_view json;
};
constexpr std::array kResponseNames = {JsonName{"respondent_id", "respondentId"},
                                       JsonName{"channel", "channel"},
                                       JsonName{"revision", "revision"},
                                       JsonName{"collected_at", "collectedAt"},
                                       JsonName{"status", "status"},
                                       JsonName{"answers", "answers"},
                                       JsonName{"categories", "categories"},
                                       JsonName{"base_weight", "baseWeight"}};
constexpr std::array kCaseEventNames = {
    JsonName{"unit_id", "unitId"}, JsonName{"channel", "channel"}, JsonName{"at", "at"},
    JsonName{"disposition", "disposition"}, JsonName{"event_id", "eventId"}};
constexpr std::array kAnswerNames = {JsonName{"question", "question"},
                                     JsonName{"options", "options"}};
constexpr std::array kCategoryNames = {JsonName{"dimension", "dimension"},
                                       JsonName{"category", "category"}};

// The schema's name; empty: unknown.
std::string_view SchemaName(std::span<const JsonName> names, std::string_view name) {
  for (const JsonName& one : names) {
    if (one.schema == name || one.json == name) return one.schema;
  }
  return {};
}

// Names of the fields in the items of a field; empty: it has none.
std::span<const JsonName> ItemNames(std::string_view field) {
  if (field == "answers") return kAnswerNames;
  if (field == "categories") return kCategoryNames;
  return {};
}

// "answers[1].options[0]" of a place in a record. Returns whether the schema has all of it.
bool SpellPath(std::span<const JsonStep> path, std::span<const JsonName> names,
               std::string* field) {
  bool known = true;
  for (const JsonStep& step : path) {
    if (!step.in_object) {
      *field += fmt::format("[{}]", step.index);
      continue;
    }
    const std::string key = PlainKey(step.key);
    const std::string_view name = known ? SchemaName(names, key) : std::string_view();
    known = !name.empty();
    *field +=
        fmt::format("{}{}", field->empty() ? "" : ".", known ? std::string(name) : Glimpse(key));
    names = ItemNames(name);
  }
  return known;
}

// A number or a string, as it was sent.
std::string TextOf(element value) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

bool WrongType(RecordFault& fault, std::string field, element value, std::string_view expected) {
  return Fail(fault, std::move(field), fmt::format("is {}; write {}", TypeName(value), expected));
}

bool Inside(std::string_view path, RecordFault& fault) {
  fault.field = fault.field.empty() ? std::string(path) : fmt::format("{}.{}", path, fault.field);
  return false;
}

// Whole text as a number; strings such as " 1", "0x10" and "" are none.
std::optional<double> ParseDouble(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> WholeNumber(double value, std::uint64_t max) {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  if (!(value >= 0) || value >= kTwoTo64 || value != std::trunc(value)) return std::nullopt;
  const auto whole = static_cast<std::uint64_t>(value);
  if (whole > max) return std::nullopt;
  return whole;
}

std::optional<std::uint64_t> ParseUnsigned(std::string_view text, std::uint64_t max) {
  std::uint64_t whole = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, whole);
  if (result.ec == std::errc() && result.ptr == end) {
    return whole <= max ? std::optional(whole) : std::nullopt;
  }
  if (const auto value = ParseDouble(text)) return WholeNumber(*value, max);
  return std::nullopt;
}

// The texts that protobuf writes for what JSON has no number for are the ones that are read.
std::optional<double> ReadDouble(element value) {
  double number = 0;
  if (value.get_double().get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  const auto parsed = ParseDouble(text);
  if (parsed.has_value() && !std::isfinite(*parsed)) return std::nullopt;
  return parsed;
}

bool ReadStatus(element value, wave::Status& status, RecordFault& fault) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) {
    if (ParseStatusName(text, status)) return true;
    return FailValue(fault, "status", text, kReasonStatus);
  }
  if (!value.is_number()) return WrongType(fault, "status", value, "a name such as \"COMPLETE\"");
  const auto number = ReadJsonUnsigned(value, std::numeric_limits<std::uint64_t>::max());
  if (!number.has_value() || !IsStatusNumber(*number)) {
    return FailValue(fault, "status", TextOf(value), kReasonStatus);
  }
  status = static_cast<wave::Status>(*number);
  return true;
}

bool ReadRevision(element value, std::uint32_t& revision, RecordFault& fault) {
  if (value.is_null()) {
    revision = 0;
    return true;
  }
  if (!value.is_number() && !value.is_string()) {
    return WrongType(fault, "revision", value, "a whole number");
  }
  const auto number = ReadJsonUnsigned(value, kMaxRevision);
  if (!number.has_value()) return FailValue(fault, "revision", TextOf(value), kReasonRevision);
  revision = static_cast<std::uint32_t>(*number);
  return true;
}

bool ReadBaseWeight(element value, std::optional<double>& base_weight, RecordFault& fault) {
  base_weight.reset();
  if (value.is_null()) return true;
  base_weight = ReadDouble(value);
  if (base_weight.has_value()) return true;
  if (!value.is_string()) return WrongType(fault, "base_weight", value, "a number");
  return FailValue(fault, "base_weight", TextOf(value), "is not a number; write it as 1.5");
}

bool ReadOptions(element value, wave::RawResponse& response, wave::RawAnswer& answer,
                 RecordFault& fault) {
  answer.first_option = static_cast<std::uint32_t>(response.options.size());
  answer.option_count = 0;
  if (value.is_null()) return true;
  simdjson::dom::array options;
  if (value.get_array().get(options) != simdjson::SUCCESS) {
    return WrongType(fault, "options", value, "an array of option codes");
  }
  for (const element option : options) {
    std::string_view text;
    if (option.get_string().get(text) != simdjson::SUCCESS) {
      return WrongType(fault, fmt::format("options[{}]", answer.option_count), option, "a string");
    }
    if (response.options.size() == kMaxItemsInRecord) return Fail(fault, "options", kReasonTooMany);
    response.options.push_back(text);
    ++answer.option_count;
  }
  return true;
}

bool ReadText(element value, const char* name, std::string_view& text, RecordFault& fault) {
  return ReadJsonText(value, text, fault) || Inside(name, fault);
}

bool ReadTime(element value, const char* name, Micros& time, RecordFault& fault) {
  return ReadJsonTime(value, time, fault) || Inside(name, fault);
}

bool ReadAnswer(element value, wave::RawResponse& response, IgnoredFields& ignored,
                RecordFault& fault) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return WrongType(fault, "", value, "an object with question and options");
  }
  wave::RawAnswer answer;
  for (const auto [name, field] : object) {
    if (name == "question") {
      if (!ReadText(field, "question", answer.question, fault)) return false;
    } else if (name == "options") {
      if (!ReadOptions(field, response, answer, fault)) return false;
    } else {
      ignored.Add("answers", name);
    }
  }
  response.answers.push_back(answer);
  return true;
}

bool ReadCategory(element value, wave::RawResponse& response, IgnoredFields& ignored,
                  RecordFault& fault) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return WrongType(fault, "", value, "an object with dimension and category");
  }
  wave::RawCategory category;
  for (const auto [name, field] : object) {
    if (name == "dimension") {
      if (!ReadText(field, "dimension", category.dimension, fault)) return false;
    } else if (name == "category") {
      if (!ReadText(field, "category", category.category, fault)) return false;
    } else {
      ignored.Add("categories", name);
    }
  }
  response.categories.push_back(category);
  return true;
}

using ReadItem = bool (*)(element, wave::RawResponse&, IgnoredFields&, RecordFault&);

bool ReadItems(element value, const char* name, ReadItem read_item, wave::RawResponse& response,
               IgnoredFields& ignored, RecordFault& fault) {
  if (value.is_null()) return true;
  simdjson::dom::array items;
  if (value.get_array().get(items) != simdjson::SUCCESS) {
    return WrongType(fault, name, value, "an array");
  }
  std::size_t index = 0;
  for (const element item : items) {
    if (index == kMaxItemsInRecord) return Fail(fault, name, kReasonTooMany);
    if (!read_item(item, response, ignored, fault)) {
      return Inside(fmt::format("{}[{}]", name, index), fault);
    }
    ++index;
  }
  return true;
}

bool ReadResponseField(std::string_view name, element value, wave::RawResponse& response,
                       IgnoredFields& ignored, RecordFault& fault) {
  if (name == "respondentId" || name == "respondent_id") {
    return ReadText(value, "respondent_id", response.respondent_id, fault);
  }
  if (name == "channel") return ReadText(value, "channel", response.channel, fault);
  if (name == "revision") return ReadRevision(value, response.revision, fault);
  if (name == "collectedAt" || name == "collected_at") {
    return ReadTime(value, "collected_at", response.collected_at, fault);
  }
  if (name == "status") {
    response.status = wave::Status::kComplete;
    return value.is_null() || ReadStatus(value, response.status, fault);
  }
  if (name == "answers") {
    response.answers.clear();
    response.options.clear();
    return ReadItems(value, "answers", ReadAnswer, response, ignored, fault);
  }
  if (name == "categories") {
    response.categories.clear();
    return ReadItems(value, "categories", ReadCategory, response, ignored, fault);
  }
  if (name == "baseWeight" || name == "base_weight") {
    return ReadBaseWeight(value, response.base_weight, fault);
  }
  ignored.Add("", name);
  return true;
}

bool ReadCaseEventField(std::string_view name, element value, wave::RawCaseEvent& event,
                        IgnoredFields& ignored, RecordFault& fault) {
  if (name == "unitId" || name == "unit_id") {
    return ReadText(value, "unit_id", event.unit_id, fault);
  }
  if (name == "channel") return ReadText(value, "channel", event.channel, fault);
  if (name == "at") return ReadTime(value, "at", event.at, fault);
  if (name == "disposition") return ReadText(value, "disposition", event.disposition, fault);
  if (name == "eventId" || name == "event_id") {
    return ReadText(value, "event_id", event.event_id, fault);
  }
  ignored.Add("case_events", name);
  return true;
}

}  // namespace

bool ReadJsonText(element value, std::string_view& text, RecordFault& fault) {
  text = {};
  if (value.is_null() || value.get_string().get(text) == simdjson::SUCCESS) return true;
  return WrongType(fault, "", value, "a string");
}

bool ReadJsonTime(element value, Micros& time, RecordFault& fault) {
  time = kNoTime;
  if (value.is_null()) return true;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    return WrongType(fault, "", value, "a time such as \"2025-10-07T10:00:00Z\"");
  }
  const auto parsed = ParseTime(text);
  if (!parsed.ok()) {
    return FailValue(fault, "", text,
                     "is no time of the years 1 to 9999 with an offset; write it as "
                     "2025-10-07T10:00:00Z");
  }
  time = *parsed;
  return true;
}

bool MayBlank(const JsonNumber& number, std::span<const JsonStep> path, wave::RecordKind kind,
              RecordFault& fault) {
  const bool response = kind == wave::RecordKind::kResponse;
  std::string field;
  const bool known = SpellPath(
      path, response ? std::span<const JsonName>(kResponseNames) : kCaseEventNames, &field);
  if (!known && !number.malformed) return true;
  return FailValue(fault, std::move(field), number.text,
                   number.malformed
                       ? "is a malformed number; write numbers as in JSON"
                       : "is beyond the range of a double or of 64 bits; write a smaller number");
}

std::optional<std::uint64_t> ReadJsonUnsigned(element value, std::uint64_t max) {
  std::uint64_t whole = 0;
  if (value.get_uint64().get(whole) == simdjson::SUCCESS) {
    return whole <= max ? std::optional(whole) : std::nullopt;
  }
  double number = 0;
  if (value.get_double().get(number) == simdjson::SUCCESS) return WholeNumber(number, max);
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return ParseUnsigned(text, max);
  return std::nullopt;
}

bool DecodeResponse(element value, wave::RawResponse& response, IgnoredFields& ignored,
                    RecordFault& fault) {
  response.Clear();
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return WrongType(fault, "", value, "an object");
  }
  for (const auto [name, field] : object) {
    if (!ReadResponseField(name, field, response, ignored, fault)) return false;
  }
  return true;
}

bool DecodeCaseEvent(element value, wave::RawCaseEvent& event, IgnoredFields& ignored,
                     RecordFault& fault) {
  event = {};
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return WrongType(fault, "", value, "an object");
  }
  for (const auto [name, field] : object) {
    if (!ReadCaseEventField(name, field, event, ignored, fault)) return false;
  }
  return true;
}

}  // namespace panelpuls::wire
