#include "wire/json_batch.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "wire/json_locate.h"

namespace panelpuls::wire {
namespace {

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

// Deeper than any batch; bounds the stack of whoever walks the document.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kFirstCapacity = 64 << 10;  // grows with the documents
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kReasonBadNumber =
    "holds a number that is malformed or beyond the range of a double; write numbers as in JSON";

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

// Notes the elements that the parser refuses for a number in them, and blanks them in the copy, so
// that the other records are read.
absl::Status JsonBatchReader::FindBadNumbers() {
  const std::string_view json(copy_.data(), copy_size_);
  ondemand::parser splitter;
  ondemand::document document;
  ondemand::object object;
  std::vector<std::string_view> blanked;
  const auto broken = [&](simdjson::error_code error) { return BrokenJson(error, json); };
  const simdjson::padded_string_view padded(json.data(), json.size(), copy_.size());
  if (const auto error = splitter.iterate(padded).get(document)) return broken(error);
  if (const auto error = document.get_object().get(object)) return broken(error);
  for (auto field : object) {
    std::string_view name;
    ondemand::value value;
    if (const auto error = field.unescaped_key().get(name)) return broken(error);
    if (const auto error = field.value().get(value)) return broken(error);
    const auto kind = KindOfName(name);
    ondemand::array elements;
    if (!kind.has_value() || value.get_array().get(elements) != simdjson::SUCCESS) continue;
    std::vector<std::uint32_t>& bad = bad_numbers_[IndexOf(*kind)];
    bad.clear();
    std::uint32_t index = 0;
    for (auto element : elements) {
      ondemand::object record;
      std::string_view raw;
      dom::element parsed;
      if (const auto error = element.error()) return broken(error);
      if (element.get_object().get(record) == simdjson::SUCCESS) {
        if (const auto error = record.raw_json().get(raw)) return broken(error);
        const auto error = parser_.parse(raw.data(), raw.size(), false).get(parsed);
        if (error == simdjson::NUMBER_ERROR) {
          bad.push_back(index);
          blanked.push_back(raw);
        } else if (error != simdjson::SUCCESS) {
          return broken(error);
        }
      }
      ++index;
    }
  }
  for (const std::string_view raw : blanked) {
    char* const begin = copy_.data() + (raw.data() - copy_.data());
    std::fill(begin, begin + raw.size(), ' ');
    *begin = '0';
  }
  return absl::OkStatus();
}

// Second try for a document that holds a number no double can: only its record is to be refused.
absl::Status JsonBatchReader::ParseAround(dom::element& root) {
  PP_RETURN_IF_ERROR(FindBadNumbers());
  if (const auto error = parser_.parse(copy_.data(), copy_size_, false).get(root)) {
    return BrokenJson(error, {copy_.data(), copy_size_});
  }
  return absl::OkStatus();
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

bool JsonBatchReader::HasBadNumber(wave::RecordKind kind, std::uint32_t index) const {
  const std::vector<std::uint32_t>& bad = bad_numbers_[IndexOf(kind)];
  return std::binary_search(bad.begin(), bad.end(), index);
}

void JsonBatchReader::GiveRecords(const Document& document, wave::RecordKind kind,
                                  BatchSink& sink) {
  if (!document.has_records[IndexOf(kind)]) return;
  std::uint32_t index = 0;
  wave::RawCaseEvent event;
  for (const dom::element element : document.records[IndexOf(kind)]) {
    if (HasBadNumber(kind, index)) {
      sink.OnBadRecord(kind, index, "", kReasonBadNumber);
    } else if (kind == wave::RecordKind::kResponse && DecodeResponse(element, response_, fault_)) {
      sink.OnResponse(index, response_);
    } else if (kind == wave::RecordKind::kCaseEvent && DecodeCaseEvent(element, event, fault_)) {
      sink.OnCaseEvent(index, event);
    } else {
      sink.OnBadRecord(kind, index, fault_.field, fault_.reason);
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
  for (const auto [name, value] : object) {
    const auto kind = KindOfName(name);
    if (!kind.has_value()) {
      PP_RETURN_IF_ERROR(ReadHeaderField(name, value, document.header));
      continue;
    }
    const std::size_t slot = IndexOf(*kind);
    document.has_records[slot] = !value.is_null();
    if (!value.is_null() && value.get_array().get(document.records[slot]) != simdjson::SUCCESS) {
      return InvalidArgument("batch: {} is not an array", name);
    }
  }
  std::size_t count = 0;
  for (std::size_t slot = 0; slot < kKinds; ++slot) {
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
