// Batches, frames and files from any bytes. The first byte says which reader takes the rest;
// protobuf is held against the generated classes, the plain decoder against reader and resolver,
// all others must refuse or read without a fault.
#include <google/protobuf/stubs/logging.h>

#include <cstdio>
#include <cstdlib>

#include "wire/batch_reader.h"
#include "wire/files.h"
#include "wire/plain_agreement.h"
#include "wire/recording_sink.h"
#include "wire/stream.h"

namespace panelpuls::wire {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

// Records are counted from 0 without a gap, and nothing comes from a batch that is refused.
void CheckJson(std::string_view json) {
  static BatchReader reader({});
  RecordingSink sink;
  const absl::Status status = reader.Read(json, BatchFormat::kJson, sink);
  if (!status.ok()) {
    if (!sink.indices.empty()) Fail("records of a refused batch");
    return;
  }
  std::uint32_t expected = 0;
  for (const std::uint32_t index : sink.indices) {
    if (index != expected && index != 0) Fail("a record is missing");
    expected = index + 1;
  }
}

void CheckStream(std::string_view bytes) {
  constexpr std::size_t kMaxBytes = 1 << 16;
  for (;;) {
    const Frame frame = NextFrame(bytes, kMaxBytes);
    if (frame.state != Frame::kWhole) return;
    (void)ParseClientMessage(frame.message);
    if (const auto message = ParseServerMessage(frame.message); message.ok()) {
      if (const auto* const ack = std::get_if<AckMessage>(&*message)) {
        for (const wave::BatchOutcome& outcome : ack->results) {
          if (!OutcomeFromJson(OutcomeToJson(outcome)).ok()) Fail("an outcome is not read back");
        }
      }
    }
    bytes.remove_prefix(frame.consumed);
  }
}

wave::Wave MakeWave() {
  wave::Wave wave;
  wave.id = "w";
  wave.channels.emplace_back().code = "c";
  wave.dimensions.emplace_back().id = "d";
  wave.dimensions.back().categories.emplace_back().code = "x";
  wave.questions.emplace_back().id = "q";
  return wave;
}

void CheckFile(std::string_view content, FileFormat format, char separator) {
  static const wave::Wave wave = MakeWave();
  FileOptions options;
  options.format = format;
  options.csv.separator = separator;
  options.csv.decimal_comma = separator == ';';
  options.file_name = "f";
  const auto visit = [](const FileRecord& record) {
    if (record.response == nullptr && record.reason.empty()) Fail("a refusal without a reason");
    return true;
  };
  (void)ReadResponses(content, wave, options, visit);
  if (format != FileFormat::kCsv) return;
  (void)ReadCaseEvents(content, wave, options, [](const EventRecord&) { return true; });
  (void)ReadFrame(content, wave, options);
}

void CheckPlain(std::string_view bytes) {
  static std::vector<PlainAgreement> agreements = [] {
    std::vector<PlainAgreement> made;
    for (const auto& wave : PlainWaves()) made.emplace_back(wave);
    return made;
  }();
  for (PlainAgreement& agreement : agreements) {
    if (const std::string difference = agreement.Compare(bytes); !difference.empty()) {
      Fail(difference);
    }
  }
}

void Check(std::string_view bytes) {
  static BatchReader reader({});
  const char mode = bytes.front();
  bytes.remove_prefix(1);
  switch (static_cast<unsigned char>(mode) % 9) {
    case 0:
    case 1:
      if (const std::string difference = CompareWithGenerated(reader, bytes); !difference.empty()) {
        Fail(difference);
      }
      return;
    case 2:
    case 3:
      return CheckJson(bytes);
    case 4:
      return CheckStream(bytes);
    case 5:
      return CheckFile(bytes, FileFormat::kCsv, mode < 64 ? ',' : ';');
    case 6:
      CheckFile(bytes, FileFormat::kJsonLines, ',');
      return CheckFile(bytes, FileFormat::kDelimited, ',');
    case 7:
      return CheckPlain(bytes);
    default:
      (void)ParseCodebook(bytes, "f");
      (void)OutcomeFromJson(bytes);
  }
}

}  // namespace
}  // namespace panelpuls::wire

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  [[maybe_unused]] static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  if (size > 0) panelpuls::wire::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
