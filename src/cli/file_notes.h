// What is said of a file of responses or events beside its refused lines: columns that are left
// aside, questions that nobody answers in it, rows that say nothing. Threads  main only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "wave/wave.h"
#include "wire/files.h"

namespace panelpuls::cli {

// Before its rows are read. Errors of the header and the codebook.
absl::Status SayHeader(std::string_view content, const wave::Wave& wave,
                       const wire::FileOptions& options);
// The same of a file of events.
absl::Status SayEventHeader(std::string_view content, const wave::Wave& wave,
                            const wire::FileOptions& options);
// Behind them.
void SayEmptyRows(std::string_view file, const wire::FileOptions::EmptyRows& rows);
void SayReplacedRows(std::string_view file, std::uint64_t count);
// `count` of what was left aside, such as "fields that no record has"; nothing where it is 0.
void SayIgnored(std::string_view file, std::string_view what, std::uint64_t count,
                const std::vector<std::string>& names);

}  // namespace panelpuls::cli
