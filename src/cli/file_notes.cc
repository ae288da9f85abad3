#include "cli/file_notes.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "cli/output.h"

namespace panelpuls::cli {
namespace {

// The first names, and how many more there are.
std::string List(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
    list += fmt::format("{}\"{}\"", i > 0 ? ", " : "", Printable(names[i]));
  }
  if (names.size() > kMost) list += fmt::format(" and {} more", names.size() - kMost);
  return list;
}

void SayIgnoredColumns(std::string_view file, const std::vector<std::string>& columns) {
  if (columns.empty()) return;
  Say(fmt::format("{}: column{} {} {} none of the wave's and left aside", file,
                  columns.size() == 1 ? "" : "s", List(columns),
                  columns.size() == 1 ? "is" : "are"));
}

}  // namespace

absl::Status SayHeader(std::string_view content, const wave::Wave& wave,
                       const wire::FileOptions& options) {
  PP_ASSIGN_OR_RETURN(const wire::HeaderNotes notes,
                      wire::ReadResponseHeader(content, wave, options));
  if (!notes.absent_questions.empty()) {
    Say(fmt::format("{}: no column for question{} {}: nobody answers {} in this file",
                    options.file_name, notes.absent_questions.size() == 1 ? "" : "s",
                    List(notes.absent_questions),
                    notes.absent_questions.size() == 1 ? "it" : "them"));
  }
  SayIgnoredColumns(options.file_name, notes.ignored_columns);
  return absl::OkStatus();
}

absl::Status SayEventHeader(std::string_view content, const wave::Wave& wave,
                            const wire::FileOptions& options) {
  PP_ASSIGN_OR_RETURN(const wire::HeaderNotes notes, wire::ReadEventHeader(content, wave, options));
  SayIgnoredColumns(options.file_name, notes.ignored_columns);
  return absl::OkStatus();
}

void SayReplacedRows(std::string_view file, std::uint64_t count) {
  if (count == 0) return;
  Say(fmt::format(
      "{}: {} row{} for another one of the same id with a higher revision or a later time", file,
      Thousands(count), count == 1 ? " gave way" : "s gave way"));
}

void SayIgnored(std::string_view file, std::string_view what, std::uint64_t count,
                const std::vector<std::string>& names) {
  if (count == 0) return;
  Say(fmt::format("{}: {} {} were left aside: {}", file, Thousands(count), what, List(names)));
}

void SayEmptyRows(std::string_view file, const wire::FileOptions::EmptyRows& rows) {
  if (rows.count == 0) return;
  Say(fmt::format(
      "{}: {} row{} with nothing but an id, or nothing at all, the first in line {}, {} "
      "no response{}",
      file, Thousands(rows.count), rows.count == 1 ? "" : "s", rows.first_line,
      rows.count == 1 ? "is" : "are", rows.count == 1 ? "" : "s"));
}

}  // namespace panelpuls::cli
