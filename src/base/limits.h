// Limits of what a record may hold, wherever one is read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace panelpuls {

inline constexpr std::size_t kMaxIdBytes = 64;  // of a respondent's or a unit's id
inline constexpr std::uint64_t kMaxRevision = 0xFFFF'FFFF;

}  // namespace panelpuls
