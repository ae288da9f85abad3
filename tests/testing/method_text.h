// The worked tables of docs/METHOD.md, for the tests that compute them anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace panelpuls::testing {

using MethodRow = std::vector<std::string>;

// Rows behind "<!-- table: NAME -->", the header first and the line of dashes left out. Aborts when
// there is no such table.
std::vector<MethodRow> TableOf(std::string_view name);

}  // namespace panelpuls::testing
