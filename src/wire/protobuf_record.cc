#include "wire/protobuf_record.h"

#include <fmt/format.h>

#include <array>

#include "base/limits.h"
#include "wire/field_cursor.h"
#include "wire/utf8.h"

namespace panelpuls::wire {
namespace {

// Years 1 to 9999, as google/protobuf/timestamp.proto has it.
constexpr std::int64_t kFirstSecond = -62'135'596'800;
constexpr std::int64_t kLastSecond = 253'402'300'799;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

struct FieldName {
  const char* name;
  const char* type;
};
// By field number, as in batch.proto.
constexpr std::array<FieldName, 9> kResponseFields = {{{"", ""},
                                                       {"respondent_id", "string"},
                                                       {"channel", "string"},
                                                       {"revision", "uint32"},
                                                       {"collected_at", "Timestamp"},
                                                       {"status", "enum"},
                                                       {"answers", "Answer"},
                                                       {"categories", "CategoryValue"},
                                                       {"base_weight", "double"}}};
constexpr std::array<FieldName, 6> kCaseEventFields = {{{"", ""},
                                                        {"unit_id", "string"},
                                                        {"channel", "string"},
                                                        {"at", "Timestamp"},
                                                        {"disposition", "string"},
                                                        {"event_id", "string"}}};
constexpr std::array<FieldName, 3> kAnswerFields = {
    {{"", ""}, {"question", "string"}, {"options", "string"}}};
constexpr std::array<FieldName, 3> kCategoryFields = {
    {{"", ""}, {"dimension", "string"}, {"category", "string"}}};
constexpr std::array<FieldName, 3> kTimestampFields = {
    {{"", ""}, {"seconds", "int64"}, {"nanos", "int32"}}};

bool Malformed(RecordFault& fault, std::string field, const FieldCursor& cursor) {
  return Fail(fault, std::move(field),
              fmt::format("is cut short or malformed protobuf near byte {}", cursor.offset()));
}

// What becomes of the fields of a message.
struct Reading {
  std::string_view in;  // as IgnoredFields has it
  IgnoredFields& ignored;
  RecordFault& fault;
};

// A field that no case of the caller's switch took: skipped when unknown, refused when it is a
// known field of another wire type.
template <std::size_t N>
bool SkipUnknown(FieldCursor& cursor, const std::array<FieldName, N>& fields,
                 const Reading& reading) {
  RecordFault& fault = reading.fault;
  if (cursor.number() >= N) {
    cursor.Skip();
    AddUnknownField(reading.in, cursor.number(), reading.ignored);
    return true;
  }
  const FieldName& field = fields[cursor.number()];
  return Fail(fault, field.name,
              fmt::format("has wire type {}, which is not that of {}; compile the sender with "
                          "panelpuls/v1/batch.proto",
                          cursor.key() & 7, field.type));
}

bool ReadText(FieldCursor& cursor, std::string_view& text) {
  text = cursor.Bytes();
  return IsUtf8(text);
}

// Prefixes the path of a fault inside a sub-message.
bool Inside(std::string_view path, RecordFault& fault) {
  fault.field = fault.field.empty() ? std::string(path) : fmt::format("{}.{}", path, fault.field);
  return false;
}

// Two strings, fields 1 and 2 once each, in order, ASCII and short: the shape that nearly all
// answers and categories have. False: another shape, which says nothing about it being right.
bool ReadPlainPair(std::string_view bytes, std::string_view& first, std::string_view& second) {
  constexpr std::size_t kOverhead = 4;  // two keys, two lengths of one byte
  const std::size_t size = bytes.size();
  if (size < kOverhead || size > 127 || bytes[0] != BytesKey(1)) return false;
  const auto first_size = static_cast<unsigned char>(bytes[1]);
  if (first_size + kOverhead > size || bytes[2u + first_size] != BytesKey(2)) return false;
  const auto second_size = static_cast<unsigned char>(bytes[3u + first_size]);
  if (first_size + second_size + kOverhead != size || !IsAscii(bytes)) return false;
  first = bytes.substr(2, first_size);
  second = bytes.substr(size - second_size);
  return true;
}

bool DecodeAnswer(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
                  RecordFault& fault) {
  wave::RawAnswer answer;
  answer.first_option = static_cast<std::uint32_t>(response.options.size());
  std::string_view option;
  if (response.options.size() < kMaxItemsInRecord &&
      ReadPlainPair(bytes, answer.question, option)) {
    response.options.push_back(option);
    answer.option_count = 1;
    response.answers.push_back(answer);
    return true;
  }
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      std::string_view text;
      switch (cursor.key()) {
        case BytesKey(1):
          if (!ReadText(cursor, answer.question)) return Fail(fault, "question", kReasonUtf8);
          break;
        case BytesKey(2):
          if (!ReadText(cursor, text)) {
            return Fail(fault, fmt::format("options[{}]", answer.option_count), kReasonUtf8);
          }
          if (response.options.size() == kMaxItemsInRecord) {
            return Fail(fault, "options", kReasonTooMany);
          }
          response.options.push_back(text);
          ++answer.option_count;
          break;
        default:
          if (!SkipUnknown(cursor, kAnswerFields, {"answers", ignored, fault})) return false;
      }
    }
  } catch (const protozero::exception&) {
    return Malformed(fault, "", cursor);
  }
  response.answers.push_back(answer);
  return true;
}

bool DecodeCategory(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
                    RecordFault& fault) {
  wave::RawCategory category;
  if (ReadPlainPair(bytes, category.dimension, category.category)) {
    response.categories.push_back(category);
    return true;
  }
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      switch (cursor.key()) {
        case BytesKey(1):
          if (!ReadText(cursor, category.dimension)) return Fail(fault, "dimension", kReasonUtf8);
          break;
        case BytesKey(2):
          if (!ReadText(cursor, category.category)) return Fail(fault, "category", kReasonUtf8);
          break;
        default:
          if (!SkipUnknown(cursor, kCategoryFields, {"categories", ignored, fault})) return false;
      }
    }
  } catch (const protozero::exception&) {
    return Malformed(fault, "", cursor);
  }
  response.categories.push_back(category);
  return true;
}

// The scalar fields of a Response while it is read; ranges are checked at the end, since the last
// of a field wins.
struct ResponseScalars {
  std::uint64_t revision = 0;
  std::uint64_t status = 0;
  TimestampParts collected_at;
};

bool AddAnswer(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
               RecordFault& fault) {
  const std::size_t index = response.answers.size();
  if (index == kMaxItemsInRecord) return Fail(fault, "answers", kReasonTooMany);
  if (DecodeAnswer(bytes, response, ignored, fault)) return true;
  return Inside(fmt::format("answers[{}]", index), fault);
}

bool AddCategory(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
                 RecordFault& fault) {
  const std::size_t index = response.categories.size();
  if (index == kMaxItemsInRecord) return Fail(fault, "categories", kReasonTooMany);
  if (DecodeCategory(bytes, response, ignored, fault)) return true;
  return Inside(fmt::format("categories[{}]", index), fault);
}

bool ReadResponseField(FieldCursor& cursor, wave::RawResponse& response, ResponseScalars& scalars,
                       IgnoredFields& ignored, RecordFault& fault) {
  switch (cursor.key()) {
    case BytesKey(1):
      return ReadText(cursor, response.respondent_id) || Fail(fault, "respondent_id", kReasonUtf8);
    case BytesKey(2):
      return ReadText(cursor, response.channel) || Fail(fault, "channel", kReasonUtf8);
    case VarintKey(3):
      scalars.revision = cursor.Varint();
      return true;
    case BytesKey(4):
      return scalars.collected_at.Merge(cursor.Bytes(), "collected_at", ignored, fault) ||
             Inside("collected_at", fault);
    case VarintKey(5):
      scalars.status = cursor.Varint();
      return true;
    case BytesKey(6):
      return AddAnswer(cursor.Bytes(), response, ignored, fault);
    case BytesKey(7):
      return AddCategory(cursor.Bytes(), response, ignored, fault);
    case DoubleKey(8):
      response.base_weight = cursor.Double();
      return true;
    default:
      return SkipUnknown(cursor, kResponseFields, {"", ignored, fault});
  }
}

// Path of the field where a malformed message broke off.
template <std::size_t N>
std::string NameOf(const FieldCursor& cursor, const std::array<FieldName, N>& fields) {
  return cursor.number() < N ? fields[cursor.number()].name : "";
}

bool ReadCaseEventField(FieldCursor& cursor, wave::RawCaseEvent& event, TimestampParts& at,
                        IgnoredFields& ignored, RecordFault& fault) {
  switch (cursor.key()) {
    case BytesKey(1):
      return ReadText(cursor, event.unit_id) || Fail(fault, "unit_id", kReasonUtf8);
    case BytesKey(2):
      return ReadText(cursor, event.channel) || Fail(fault, "channel", kReasonUtf8);
    case BytesKey(3):
      return at.Merge(cursor.Bytes(), "case_events.at", ignored, fault) || Inside("at", fault);
    case BytesKey(4):
      return ReadText(cursor, event.disposition) || Fail(fault, "disposition", kReasonUtf8);
    case BytesKey(5):
      return ReadText(cursor, event.event_id) || Fail(fault, "event_id", kReasonUtf8);
    default:
      return SkipUnknown(cursor, kCaseEventFields, {"case_events", ignored, fault});
  }
}

}  // namespace

void AddUnknownField(std::string_view in, std::uint32_t number, IgnoredFields& ignored) {
  ignored.Add(in, fmt::format("field {}", number));
}

bool TimestampParts::Merge(std::string_view bytes, std::string_view in, IgnoredFields& ignored,
                           RecordFault& fault) {
  present = true;
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      switch (cursor.key()) {
        case VarintKey(1):
          seconds = static_cast<std::int64_t>(cursor.Varint());
          break;
        case VarintKey(2):
          nanos = static_cast<std::int64_t>(cursor.Varint());
          break;
        default:
          if (!SkipUnknown(cursor, kTimestampFields, {in, ignored, fault})) return false;
      }
    }
  } catch (const protozero::exception&) {
    return Malformed(fault, "", cursor);
  }
  return true;
}

bool TimestampParts::ToMicros(Micros& time, RecordFault& fault) const {
  if (!present) {
    time = kNoTime;
    return true;
  }
  if (seconds < kFirstSecond || seconds > kLastSecond) {
    return Fail(fault, "seconds",
                fmt::format("{} is out of range; write a time in the years 1 to 9999", seconds));
  }
  if (nanos < 0 || nanos >= kNanosPerSecond) {
    return Fail(fault, "nanos", fmt::format("{} is out of range; write 0 to 999999999", nanos));
  }
  time = seconds * kMicrosPerSecond + nanos / kNanosPerMicro;
  return true;
}

bool DecodeResponse(std::string_view bytes, wave::RawResponse& response, IgnoredFields& ignored,
                    RecordFault& fault) {
  response.Clear();
  ResponseScalars scalars;
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      if (!ReadResponseField(cursor, response, scalars, ignored, fault)) return false;
    }
  } catch (const protozero::exception&) {
    return Malformed(fault, NameOf(cursor, kResponseFields), cursor);
  }
  if (scalars.revision > kMaxRevision) return Fail(fault, "revision", kReasonRevision);
  if (!IsStatusNumber(scalars.status)) return Fail(fault, "status", kReasonStatus);
  response.revision = static_cast<std::uint32_t>(scalars.revision);
  response.status = static_cast<wave::Status>(scalars.status);
  return scalars.collected_at.ToMicros(response.collected_at, fault) ||
         Inside("collected_at", fault);
}

bool DecodeCaseEvent(std::string_view bytes, wave::RawCaseEvent& event, IgnoredFields& ignored,
                     RecordFault& fault) {
  event = {};
  TimestampParts at;
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      if (!ReadCaseEventField(cursor, event, at, ignored, fault)) return false;
    }
  } catch (const protozero::exception&) {
    return Malformed(fault, NameOf(cursor, kCaseEventFields), cursor);
  }
  return at.ToMicros(event.at, fault) || Inside("at", fault);
}

}  // namespace panelpuls::wire
