// Responses of a CSV file.
// Threads  one at a time.
#pragma once

#include "wire/files.h"

namespace panelpuls::wire {

absl::Status ReadCsvResponses(std::string_view content, const wave::Wave& wave,
                              const FileOptions& options,
                              const std::function<bool(const FileRecord&)>& visit);

}  // namespace panelpuls::wire
