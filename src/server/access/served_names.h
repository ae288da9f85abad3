// The names that requests may ask for. A page of another name whose owner lets it resolve to this
// machine's address (DNS rebinding) is of one origin with what answers there, and its browser sends
// that name as Host: so a name that is not served is answered nothing, on loopback too.
// Threads  any; immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls::server {

// NAME or NAME:PORT, as in Host and behind the scheme of an absolute target.
struct Authority {
  std::string name;  // in lower case; an IPv6 address without brackets, in its shortest form
  std::optional<std::uint16_t> port;

  friend bool operator==(const Authority&, const Authority&) = default;
};
// nullopt: none, such as one with a user's name, or empty.
std::optional<Authority> ParseAuthority(std::string_view text);

class ServedNames {
 public:
  // names: NAME (with any port) or NAME:PORT each. None: those that no page of a stranger can have.
  // InvalidArgument names the one that is no name.
  static absl::StatusOr<ServedNames> Make(const std::vector<std::string>& names);

  // Loopback addresses and `localhost` with any port; the names given; where none was given, also
  // names of one label, which only this machine's own network can resolve.
  bool Serves(const Authority& asked) const;
  // Whether a page of `origin` (SCHEME://NAME:PORT, as a browser sends it) may change something
  // where `asked` was asked for: its own server, or one of the names given.
  bool MayChange(std::string_view origin, const std::optional<Authority>& asked) const;

 private:
  bool IsGiven(const Authority& asked) const;

  std::vector<Authority> given_;
};

}  // namespace panelpuls::server
