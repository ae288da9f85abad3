// Names of domains as figures print them.
// Threads  any; pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace panelpuls::estimate {

// "size" of "size=micro", "industry&size" of "industry=trade&size=micro"; empty: all.
inline std::string NameOfDomain(std::string_view part) {
  std::string name;
  while (!part.empty()) {
    const std::string_view one = part.substr(0, part.find('&'));
    if (!name.empty()) name += '&';
    name += one.substr(0, one.find('='));
    part.remove_prefix(std::min(part.size(), one.size() + 1));
  }
  return name;
}

// All others of its domain together: "!size=micro". No id begins so.
inline std::string OthersOf(std::string_view part) { return "!" + std::string(part); }

}  // namespace panelpuls::estimate
