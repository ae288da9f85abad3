// Gzip as a sender makes it.
#pragma once

#include <string>
#include <string_view>

namespace panelpuls::testing {

std::string GzipSample(std::string_view text);

}  // namespace panelpuls::testing
