// The sample frame as it is imported: units by their own id, categories as numbers. Lives only
// until the import has turned ids into pseudonyms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace panelpuls::wave {

struct FrameUnit {
  std::string unit_id;
  int channel = 0;
  double base_weight = 1;
  std::vector<std::uint16_t> categories;  // [dimension] category number
};

}  // namespace panelpuls::wave
