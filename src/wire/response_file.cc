#include <simdjson.h>

#include "wire/files.h"
#include "wire/json_record.h"
#include "wire/protobuf_record.h"
#include "wire/response_csv.h"
#include "wire/stream.h"

namespace panelpuls::wire {
namespace {

using Visit = std::function<bool(const FileRecord&)>;

constexpr std::size_t kMaxJsonDepth = 64;
constexpr std::size_t kFirstJsonCapacity = 64 << 10;

// Hands one decoded or refused record over. False: the visitor wants no more.
bool Give(bool decoded, const FileOptions& options, wave::RawResponse& response,
          const RecordFault& fault, FileRecord& record, const Visit& visit) {
  if (decoded) {
    if (response.channel.empty()) response.channel = options.default_channel;
    record.response = &response;
  } else {
    record.field = fault.field;
    record.reason = fault.reason;
  }
  return visit(record);
}

class JsonLineDecoder {
 public:
  // Null: unknown fields are not wanted.
  explicit JsonLineDecoder(IgnoredFields* ignored) : ignored_(ignored) {}

  // Refused lines have fault filled.
  bool Decode(std::string_view line, wave::RawResponse& response, RecordFault& fault) {
    if (parser_.max_depth() != kMaxJsonDepth &&
        parser_.allocate(kFirstJsonCapacity, kMaxJsonDepth) != simdjson::SUCCESS) {
      return Broken(simdjson::MEMALLOC, fault);
    }
    simdjson::dom::element element;
    auto error = parser_.parse(line.data(), line.size(), true).get(element);
    if (error == simdjson::NUMBER_ERROR) {
      if (!BlankNumbers(line, fault)) return false;
      error = parser_.parse(blanked_).get(element);
    }
    if (error != simdjson::SUCCESS) return Broken(error, fault);
    IgnoredFields unwanted;
    return DecodeResponse(element, response, ignored_ == nullptr ? unwanted : *ignored_, fault);
  }

 private:
  // The line with 0 for numbers that no parser takes and nobody asks for. False: one is asked for.
  bool BlankNumbers(std::string_view line, RecordFault& fault) {
    blanked_ = line;
    bool all = true;
    FindBadNumbers(line, [&](const JsonNumber& number) {
      all = all && MayBlank(number, number.path, wave::RecordKind::kResponse, fault);
      BlankNumber(number.text, blanked_.data() + (number.text.data() - line.data()));
    });
    return all;
  }
  static bool Broken(simdjson::error_code error, RecordFault& fault) {
    fault.field.clear();
    fault.kept.clear();
    fault.reason = fmt::format("broken JSON: {}; write one Response object a line",
                               simdjson::error_message(error));
    return false;
  }
  IgnoredFields* ignored_;
  simdjson::dom::parser parser_;
  std::string blanked_;
};

absl::Status ReadJsonLines(std::string_view content, const FileOptions& options,
                           const Visit& visit) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  JsonLineDecoder decoder(options.ignored_fields);
  wave::RawResponse response;
  RecordFault fault;
  for (std::uint64_t number = 1; !content.empty(); ++number) {
    const std::size_t end = content.find('\n');
    std::string_view line = content.substr(0, end);
    content = end == std::string_view::npos ? std::string_view() : content.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    FileRecord record;
    record.line = number;
    record.text = line;
    const bool decoded = decoder.Decode(line, response, fault);
    if (!Give(decoded, options, response, fault, record, visit)) break;
  }
  return absl::OkStatus();
}

absl::Status ReadDelimited(std::string_view content, const FileOptions& options,
                           const Visit& visit) {
  wave::RawResponse response;
  RecordFault fault;
  IgnoredFields unwanted;
  IgnoredFields& ignored = options.ignored_fields == nullptr ? unwanted : *options.ignored_fields;
  const std::size_t size = content.size();
  for (std::uint64_t number = 1; !content.empty(); ++number) {
    const Frame frame = NextFrame(content, size);
    if (frame.state != Frame::kWhole) {
      return InvalidArgument(
          "{}: message {} at byte {} {}; write varint-delimited Response messages",
          options.file_name, number, size - content.size(),
          frame.state == Frame::kBad ? "has a length that cannot be" : "is cut short");
    }
    FileRecord record;
    record.line = number;
    record.text = content.substr(0, frame.consumed);
    content.remove_prefix(frame.consumed);
    const bool decoded = DecodeResponse(frame.message, response, ignored, fault);
    if (!Give(decoded, options, response, fault, record, visit)) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadResponses(std::string_view content, const wave::Wave& wave,
                           const FileOptions& options, const Visit& visit) {
  switch (options.format) {
    case FileFormat::kCsv:
      return ReadCsvResponses(content, wave, options, visit);
    case FileFormat::kJsonLines:
      return ReadJsonLines(content, options, visit);
    default:
      return ReadDelimited(content, options, visit);
  }
}

}  // namespace panelpuls::wire
