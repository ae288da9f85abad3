// Warnings about what others do wrong: said, but not once a request. Never a respondent's id.
// Threads  any.
#pragma once

#include <string_view>

namespace panelpuls::server {

// At most one line a `kind` in ten seconds; the next line says how many were left out.
void WarnSeldom(std::string_view kind, std::string_view text);

}  // namespace panelpuls::server
