// From the engine's errors to the door's. Internal to the room.
// Threads  any; pure.
#pragma once

#include "base/status.h"
#include "panelpuls/panelpuls.h"

namespace panelpuls {
inline namespace abi0 {

Status StatusOf(const absl::Status& status);

}  // namespace abi0
}  // namespace panelpuls
