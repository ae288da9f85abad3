#include "wire/json_batch.h"

#include <cstring>
#include <limits>
#include <utility>

#include "base/printable.h"
#include "wire/json_locate.h"

namespace panelpuls::wire {
namespace {

namespace dom = simdjson::dom;

// Deeper than any batch; bounds the stack of whoever walks the document.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kFirstCapacity = 64 << 10;  // grows with the documents
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::size_t IndexOf(wave::RecordKind kind) { return static_cast<std::size_t>(kind); }

// The array that a top-level name stands for.
std::optional<wave::RecordKind> KindOfName(std::string_view name) {
  if (name == "responses") return wave::RecordKind::kResponse;
  if (name == "caseEvents" || name == "case_events") return wave::RecordKind::kCaseEvent;
  return std::nullopt;
}

absl::Status BadField(std::string_view name, const RecordFault& fault) {
  return InvalidArgument("batch: {} {}", name, fault.reason);
}

bool IsHeaderField(std::string_view name) {
  return name == "wave" || name == "sequence" || name == "simulatedTime" ||
         name == "simulated_time";
}

absl::Status ReadHeaderField(std::string_view name, dom::element value, BatchHeader& header) {
  RecordFault fault;
  if (name == "wave") {
    std::string_view text;
    if (!ReadJsonText(value, text, fault)) return BadField(name, fault);
    header.wave.assign(text);
  } else if (name == "simulatedTime" || name == "simulated_time") {
    if (!ReadJsonTime(value, header.simulated_time, fault)) return BadField(name, fault);
  } else if (name == "sequence") {
    const auto number =
        value.is_null() ? std::optional<std::uint64_t>(0) : ReadJsonUnsigned(value, UINT64_MAX);
    if (!number.has_value()) return InvalidArgument("batch: sequence is not a whole number");
    header.sequence = *number;
  }
  return absl::OkStatus();
}

absl::Status BrokenJson(simdjson::error_code error, std::string_view bytes) {
  const std::string_view what = simdjson::error_message(error);
  if (const auto offset = LocateJsonError(bytes)) {
    return InvalidArgument("batch: broken JSON near byte {} of {}: {}", *offset, bytes.size(),
                           what);
  }
  return InvalidArgument("batch: broken JSON in {} bytes: {}", bytes.size(), what);
}

}  // namespace

void JsonBatchReader::CopyPadded(std::string_view bytes) {
  if (copy_.size() < bytes.size() + simdjson::SIMDJSON_PADDING) {
    copy_.resize(bytes.size() + simdjson::SIMDJSON_PADDING);
  }
  if (!bytes.empty()) std::memcpy(copy_.data(), bytes.data(), bytes.size());
  copy_size_ = bytes.size();
}

// Notes the records that a number refuses, and reads as 0 what no parser takes, so that the rest
// is read: what stands in unknown fields is nobody's loss.
absl::Status JsonBatchReader::BlankNumbers() {
  constexpr std::size_t kMostNoted = 10'001;  // beyond the most records that any batch may have
  absl::Status refused;
  FindBadNumbers({copy_.data(), copy_size_}, [&](const JsonNumber& number) {
    char* const place = copy_.data() + (number.text.data() - copy_.data());
    const std::string name = number.path.empty() || !number.path.front().in_object
                                 ? std::string()
                                 : PlainKey(number.path.front().key);
    const auto kind = KindOfName(name);
    if (kind.has_value() && number.path.size() > 1 && !number.path[1].in_object) {
      RecordFault fault;
      auto& noted = bad_numbers_[IndexOf(*kind)];
      std::size_t& field = bad_place_[IndexOf(*kind)];
      // Of two arrays of one name the last counts.
      if (std::exchange(field, number.path.front().index) != number.path.front().index) {
        noted.clear();
      }
      if (!MayBlank(number, number.path.subspan(2), *kind, fault) && noted.size() < kMostNoted) {
        noted.emplace(static_cast<std::uint32_t>(number.path[1].index), std::move(fault));
      }
    } else if (refused.ok() && (IsHeaderField(name) || number.malformed)) {
      refused = InvalidArgument("batch: {} '{}' {}", Glimpse(name),
                                Printable(number.text, kMostQuotedOfSender),
                                number.malformed ? "is a malformed number; write numbers as in JSON"
                                                 : "is beyond the range of 64 bits");
    }
    BlankNumber(number.text, place);
  });
  return refused;
}

// Second try for a document that holds a number no parser takes: only its record is to be refused.
absl::Status JsonBatchReader::ParseAround(dom::element& root) {
  const absl::Status refused = BlankNumbers();
  if (const auto error = parser_.parse(copy_.data(), copy_size_, false).get(root)) {
    return BrokenJson(error, {copy_.data(), copy_size_});
  }
  return refused;
}

absl::Status JsonBatchReader::Parse(std::string_view bytes, bool padded, dom::element& root) {
  for (auto& bad : bad_numbers_) bad.clear();
  if (parser_.max_depth() != kMaxDepth) {
    if (const auto error = parser_.allocate(kFirstCapacity, kMaxDepth)) {
      return ResourceExhausted("batch: no memory to parse JSON: {}",
                               simdjson::error_message(error));
    }
  }
  const char* json = bytes.data();
  if (!padded) {
    CopyPadded(bytes);
    json = copy_.data();
  }
  const auto error = parser_.parse(json, bytes.size(), false).get(root);
  if (error == simdjson::SUCCESS) return absl::OkStatus();
  if (padded) CopyPadded(bytes);
  if (error == simdjson::NUMBER_ERROR) return ParseAround(root);
  return BrokenJson(error, {copy_.data(), copy_size_});
}

const RecordFault* JsonBatchReader::FaultOf(wave::RecordKind kind, std::uint32_t index) const {
  const auto& bad = bad_numbers_[IndexOf(kind)];
  const auto found = bad.find(index);
  return found == bad.end() ? nullptr : &found->second;
}

void JsonBatchReader::GiveRecords(const Document& document, wave::RecordKind kind,
                                  BatchSink& sink) {
  if (!document.has_records[IndexOf(kind)]) return;
  std::uint32_t index = 0;
  wave::RawCaseEvent event;
  for (const dom::element element : document.records[IndexOf(kind)]) {
    if (const RecordFault* const fault = FaultOf(kind, index)) {
      sink.OnBadRecord(kind, index, *fault);
    } else if (kind == wave::RecordKind::kResponse &&
               DecodeResponse(element, response_, ignored_, fault_)) {
      sink.OnResponse(index, response_);
    } else if (kind == wave::RecordKind::kCaseEvent &&
               DecodeCaseEvent(element, event, ignored_, fault_)) {
      sink.OnCaseEvent(index, event);
    } else {
      sink.OnBadRecord(kind, index, fault_);
    }
    ++index;
  }
}

absl::Status JsonBatchReader::Read(std::string_view bytes, bool padded, const BatchLimits& limits,
                                   BatchSink& sink) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  dom::element root;
  PP_RETURN_IF_ERROR(Parse(bytes, padded, root));
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return InvalidArgument("batch: not an object; write {{\"responses\": [...]}}");
  }
  Document document;
  std::size_t next_place = 0;
  for (const auto [name, value] : object) {
    const std::size_t place = next_place++;
    const auto kind = KindOfName(name);
    if (!kind.has_value()) {
      if (!IsHeaderField(name)) ignored_.Add("batch", name);
      PP_RETURN_IF_ERROR(ReadHeaderField(name, value, document.header));
      continue;
    }
    const std::size_t slot = IndexOf(*kind);
    document.place[slot] = place;
    document.has_records[slot] = !value.is_null();
    if (!value.is_null() && value.get_array().get(document.records[slot]) != simdjson::SUCCESS) {
      return InvalidArgument("batch: {} is not an array", name);
    }
  }
  std::size_t count = 0;
  for (std::size_t slot = 0; slot < kKinds; ++slot) {
    if (bad_place_[slot] != document.place[slot]) bad_numbers_[slot].clear();
    if (document.has_records[slot]) {
      for ([[maybe_unused]] const dom::element element : document.records[slot]) ++count;
    }
  }
  if (count > limits.max_records) {
    return ResourceExhausted("batch: more than {} records; send smaller batches",
                             limits.max_records);
  }
  PP_RETURN_IF_ERROR(sink.OnHeader(document.header));
  GiveRecords(document, wave::RecordKind::kResponse, sink);
  GiveRecords(document, wave::RecordKind::kCaseEvent, sink);
  return absl::OkStatus();
}

}  // namespace panelpuls::wire
