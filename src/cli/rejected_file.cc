#include "cli/rejected_file.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/file.h"
#include "base/printable.h"
#include "cli/output.h"

namespace panelpuls::cli {
namespace {

constexpr int kMostFiles = 10'000;

absl::Status WriteNew(const std::string& path, std::string_view text) {
  FileSystem& files = PosixFileSystem();
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kCreate));
  absl::Status status = file->WriteAt(0, std::as_bytes(std::span(text)));
  if (status.ok()) status = file->DataSync();
  if (!status.ok()) static_cast<void>(files.Remove(path));
  return status;
}

// Neither of two, or both of them. AlreadyExists: one of them is there.
absl::Status WriteBoth(const std::string& path, std::string_view text,
                       const std::string& reasons_path, std::string_view reasons) {
  PP_RETURN_IF_ERROR(WriteNew(path, text));
  absl::Status status = WriteNew(reasons_path, reasons);
  if (!status.ok()) static_cast<void>(PosixFileSystem().Remove(path));
  return status;
}

const char* EndingOf(wire::FileFormat format) {
  switch (format) {
    case wire::FileFormat::kJsonLines:
      return ".jsonl";
    case wire::FileFormat::kDelimited:
      return ".pb";
    default:
      return ".csv";
  }
}

}  // namespace

RejectedFile::RejectedFile(std::string source, std::string_view content, wire::FileOptions options)
    : source_(std::move(source)), content_(content), options_(std::move(options)) {
  if (options_.format == wire::FileFormat::kDelimited) return;
  for (std::size_t start = 0; start < content_.size();) {
    line_starts_.push_back(start);
    const std::size_t end = content_.find('\n', start);
    start = end == std::string_view::npos ? content_.size() : end + 1;
  }
}

std::string_view RejectedFile::LinesOf(std::uint64_t line, std::string_view text) const {
  if (options_.format == wire::FileFormat::kDelimited) return text;
  if (line == 0 || line > line_starts_.size()) return {};
  const auto breaks = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const std::size_t begin = line_starts_[line - 1];
  const std::size_t next = line + breaks;
  return content_.substr(
      begin, (next < line_starts_.size() ? line_starts_[next] : content_.size()) - begin);
}

void RejectedFile::Add(std::uint64_t line, std::string_view lines, std::string_view reason) {
  records_.push_back({line, lines, &*reasons_.emplace(reason).first});
}

absl::StatusOr<std::string> RejectedFile::Text() const {
  PP_ASSIGN_OR_RETURN(const std::string_view header, wire::HeaderLines(content_, options_));
  std::string text(header);
  for (const Record& record : records_) {
    text += record.text;
    const bool ended = !record.text.empty() && record.text.back() == '\n';
    if (options_.format != wire::FileFormat::kDelimited && !ended) text += '\n';
  }
  return text;
}

// A reason that quotes a sender's line feed would pass for two.
std::string RejectedFile::ReasonsText() const {
  std::string text;
  for (const Record& record : records_) {
    text += fmt::format("{}:{}: {}\n", Printable(source_, kMostLineBytes), record.line,
                        Printable(*record.reason, kMostLineBytes));
  }
  return text;
}

void RejectedFile::Name(int number) {
  const bool has_name =
      source_ != "-" && !source_.starts_with("/dev/") && !source_.starts_with("/proc/");
  // What has no name of its own has no folder either.
  const std::string stem = (has_name ? source_ : "input") +
                           (number == 1 ? ".rejected" : fmt::format(".rejected-{}", number));
  const bool has_ending = has_name && wire::FormatOfFile(source_).ok();
  path_ = stem + (has_ending ? source_.substr(source_.rfind('.')) : EndingOf(options_.format));
  reasons_path_ = stem + ".reasons.txt";
}

absl::Status RejectedFile::Write() {
  if (records_.empty()) return absl::OkStatus();
  std::sort(records_.begin(), records_.end(),
            [](const Record& a, const Record& b) { return a.line < b.line; });
  PP_ASSIGN_OR_RETURN(const std::string text, Text());
  const std::string reasons = ReasonsText();
  absl::Status status;
  for (int number = 1; number <= kMostFiles; ++number) {
    Name(number);
    status = WriteBoth(path_, text, reasons_path_, reasons);
    if (!absl::IsAlreadyExists(status)) return status;
  }
  return status;
}

}  // namespace panelpuls::cli
