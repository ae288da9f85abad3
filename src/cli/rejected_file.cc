#include "cli/rejected_file.h"

#include <algorithm>
#include <utility>

#include "cli/output.h"

namespace panelpuls::cli {

RejectedFile::RejectedFile(std::string source, std::string_view content, wire::FileOptions options)
    : source_(std::move(source)), content_(content), options_(std::move(options)) {
  if (options_.format == wire::FileFormat::kDelimited) return;
  for (std::size_t start = 0; start < content_.size();) {
    line_starts_.push_back(start);
    const std::size_t end = content_.find('\n', start);
    start = end == std::string_view::npos ? content_.size() : end + 1;
  }
}

void RejectedFile::Add(std::uint64_t line, std::string_view text, std::string reason) {
  if (options_.format != wire::FileFormat::kDelimited) {
    // The file's own bytes, in its own encoding and with its own line ends.
    text =
        LinesFrom(line, static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  }
  records_.emplace(line, Record{.text = std::string(text), .reason = std::move(reason)});
}

std::string_view RejectedFile::LinesFrom(std::uint64_t line, std::uint64_t count) const {
  if (line == 0 || line > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[line - 1];
  const std::size_t next = line - 1 + count;
  return content_.substr(
      begin, (next < line_starts_.size() ? line_starts_[next] : content_.size()) - begin);
}

absl::StatusOr<std::string> RejectedFile::Header() const {
  if (options_.format != wire::FileFormat::kCsv) return std::string();
  PP_ASSIGN_OR_RETURN(const std::string header, wire::HeaderLine(content_, options_));
  return std::string(
      LinesFrom(1, static_cast<std::uint64_t>(std::count(header.begin(), header.end(), '\n')) + 1));
}

std::string RejectedFile::path() const {
  const std::size_t dot = source_.rfind('.');
  return source_ + ".rejected" + (dot == std::string::npos ? "" : source_.substr(dot));
}

absl::Status RejectedFile::Write() const {
  if (records_.empty()) return absl::OkStatus();
  PP_ASSIGN_OR_RETURN(std::string text, Header());
  std::string reasons;
  for (const auto& [line, record] : records_) {
    text += record.text;
    const bool ended = !record.text.empty() && record.text.back() == '\n';
    if (options_.format != wire::FileFormat::kDelimited && !ended) text += '\n';
    reasons += fmt::format("{}:{}: {}\n", source_, line, record.reason);
  }
  PP_RETURN_IF_ERROR(WriteOutput(path(), text));
  return WriteOutput(source_ + ".rejected.reasons.txt", reasons);
}

}  // namespace panelpuls::cli
