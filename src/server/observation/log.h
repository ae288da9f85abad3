// The server's lines about others. Their text is shown on one line, escaped and cut; never a
// respondent's id.
// Threads  any.
#pragma once

#include <string_view>

namespace panelpuls::server {

// What should not have happened.
void LogError(std::string_view kind, std::string_view text);
// About what others do wrong: said, but not once a request. At most one line a `kind` in ten
// seconds; the next line says how many were left out.
void WarnSeldom(std::string_view kind, std::string_view text);

}  // namespace panelpuls::server
