// The fixed columns of responses.csv: no dimension or question may have the id of one, since those
// are columns between them.
// Threads  plain data.
#pragma once

#include <array>
#include <string_view>

namespace panelpuls::wave {

inline constexpr std::array<std::string_view, 4> kExportColumnsBefore = {"pseudonym", "channel",
                                                                         "collected_on", "status"};
inline constexpr std::array<std::string_view, 2> kExportColumnsBehind = {"base_weight",
                                                                         "calibrated_weight"};

}  // namespace panelpuls::wave
