// Who may do what. Until tokens and roles come there is one policy: everything is open, and so the
// server listens on loopback alone.
#pragma once

#include <string_view>

#include "base/status.h"

namespace panelpuls::server {

// Each role may do what stands before it, but a collector only writes.
enum class Role { kNone, kCollector, kManager, kAdmin };

// Threads  any, from several at once.
class AccessPolicy {
 public:
  virtual ~AccessPolicy() = default;
  // `token`: the bearer token as sent, or empty.
  virtual Role RoleOf(std::string_view token) const = 0;
};

// Everyone is admin; a token is ignored.
class OpenLoopback final : public AccessPolicy {
 public:
  Role RoleOf(std::string_view token) const override;
};

// InvalidArgument: no address, or one that others on the network could reach.
absl::Status CheckLoopback(std::string_view address);

inline bool MayWrite(Role role) { return role == Role::kCollector || role == Role::kAdmin; }
inline bool MayRead(Role role) { return role == Role::kManager || role == Role::kAdmin; }

}  // namespace panelpuls::server
