#include "wire/protobuf_batch.h"

#include "wire/field_cursor.h"
#include "wire/utf8.h"

namespace panelpuls::wire {
namespace {

constexpr std::uint32_t kLastBatchField = 5;

absl::Status TooManyRecords(const BatchLimits& limits) {
  return ResourceExhausted("batch: more than {} records; send smaller batches", limits.max_records);
}

// What a scan finds beside the records.
struct HeaderParts {
  std::string_view wave;
  TimestampParts simulated_time;
  std::uint64_t sequence = 0;
};

absl::Status ReadHeaderField(FieldCursor& cursor, HeaderParts& parts, IgnoredFields& ignored) {
  RecordFault fault;
  switch (cursor.key()) {
    case BytesKey(1):
      parts.wave = cursor.Bytes();
      if (!IsUtf8(parts.wave)) return InvalidArgument("batch: wave {}", kReasonUtf8);
      return absl::OkStatus();
    case BytesKey(4):
      if (!parts.simulated_time.Merge(cursor.Bytes(), "batch.simulated_time", ignored, fault)) {
        return InvalidArgument("batch: simulated_time {} {}", fault.field, fault.reason);
      }
      return absl::OkStatus();
    case VarintKey(5):
      parts.sequence = cursor.Varint();
      return absl::OkStatus();
    default:
      break;
  }
  if (cursor.number() <= kLastBatchField) {
    return InvalidArgument(
        "batch: field {} has wire type {} near byte {}; this is no panelpuls.v1.Batch",
        cursor.number(), cursor.key() & 7, cursor.offset());
  }
  cursor.Skip();
  AddUnknownField("batch", cursor.number(), ignored);
  return absl::OkStatus();
}

}  // namespace

absl::Status ProtobufBatchReader::Scan(std::string_view bytes, const BatchLimits& limits,
                                       BatchHeader& header) {
  responses_.clear();
  case_events_.clear();
  HeaderParts parts;
  FieldCursor cursor(bytes);
  try {
    while (cursor.Next()) {
      if (cursor.key() == BytesKey(2)) {
        responses_.push_back(cursor.Bytes());
      } else if (cursor.key() == BytesKey(3)) {
        case_events_.push_back(cursor.Bytes());
      } else {
        PP_RETURN_IF_ERROR(ReadHeaderField(cursor, parts, ignored_));
        continue;
      }
      if (responses_.size() + case_events_.size() > limits.max_records) {
        return TooManyRecords(limits);
      }
    }
  } catch (const protozero::exception&) {
    return InvalidArgument(
        "batch: cut short or malformed protobuf near byte {} of {}; send a whole "
        "panelpuls.v1.Batch",
        cursor.offset(), bytes.size());
  }
  header.wave.assign(parts.wave);
  header.sequence = parts.sequence;
  RecordFault fault;
  if (!parts.simulated_time.ToMicros(header.simulated_time, fault)) {
    return InvalidArgument("batch: simulated_time.{} {}", fault.field, fault.reason);
  }
  return absl::OkStatus();
}

absl::Status ProtobufBatchReader::Read(std::string_view bytes, const BatchLimits& limits,
                                       BatchSink& sink) {
  BatchHeader header;
  PP_RETURN_IF_ERROR(Scan(bytes, limits, header));
  PP_RETURN_IF_ERROR(sink.OnHeader(header));
  std::uint32_t index = 0;
  for (const std::string_view record : responses_) {
    if (sink.OnEncodedResponse(index, record)) {
      // Nothing is left to do.
    } else if (DecodeResponse(record, response_, ignored_, fault_)) {
      sink.OnResponse(index, response_);
    } else {
      sink.OnBadRecord(wave::RecordKind::kResponse, index, fault_);
    }
    ++index;
  }
  index = 0;
  wave::RawCaseEvent event;
  for (const std::string_view record : case_events_) {
    if (DecodeCaseEvent(record, event, ignored_, fault_)) {
      sink.OnCaseEvent(index, event);
    } else {
      sink.OnBadRecord(wave::RecordKind::kCaseEvent, index, fault_);
    }
    ++index;
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wire
