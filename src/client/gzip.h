// Packing a body as gzip. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace panelpuls::client {

std::string Gzip(std::string_view bytes);

}  // namespace panelpuls::client
