// A file of others with the codebook that says what it means: parted by a zero byte, codebook and
// CSV. Responses, case events and frames under a wave; whatever is refused says where and why.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/printable.h"
#include "wire/codebook.h"
#include "wire/files.h"
#include "wire/small_wave.h"

namespace panelpuls::wire {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// What a person reads: on one line, cut.
void CheckShown(std::string_view text) {
  Require(text.size() < 20'000, "a message as long as what it is about");
  Require(Printable(text, text.size()) == text, "a message that a terminal would obey");
}

void CheckStatus(const absl::Status& status) {
  Require(status.ok() || !status.message().empty(), "a refusal without a reason");
  CheckShown(std::string_view(status.message().data(), status.message().size()));
}

void CheckFiles(std::string_view input) {
  const wave::Wave& wave = SmallWave();
  const std::string_view rules = input.substr(0, input.find('\0'));
  const std::string_view content =
      rules.size() < input.size() ? input.substr(rules.size() + 1) : std::string_view();
  auto codebook = ParseCodebook(rules, "codebook");
  CheckStatus(codebook.status());
  if (!codebook.ok()) return;
  CheckStatus(CheckCodebook(*codebook, wave));
  FileOptions options;
  options.file_name = "file";
  const auto format = MakeCsvFormat(codebook->csv);
  if (format.ok()) options.csv = *format;
  options.codebook = *std::move(codebook);
  CheckStatus(ReadResponseHeader(content, wave, options).status());
  CheckStatus(ReadResponses(content, wave, options, [](const FileRecord& record) {
    Require(record.response != nullptr || !record.reason.empty(), "a record without a reason");
    CheckShown(record.reason);
    return true;
  }));
  CheckStatus(ReadCaseEvents(content, wave, options, [](const EventRecord& record) {
    CheckShown(record.reason);
    return true;
  }));
  CheckStatus(ReadFrame(content, wave, options).status());
  CheckStatus(HeaderLines(content, options).status());
}

}  // namespace
}  // namespace panelpuls::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  panelpuls::wire::CheckFiles({reinterpret_cast<const char*>(data), size});
  return 0;
}
