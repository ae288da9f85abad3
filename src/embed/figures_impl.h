// What Figures are made of. Internal to the room.
// Threads  immutable.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/published_snapshot.h"
#include "panelpuls/panelpuls.h"

namespace panelpuls {
inline namespace abi0 {

// The names of a wave's figures, which outlive its engine.
struct FigureNames {
  using Names = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;

  explicit FigureNames(std::vector<estimate::FigureKey> the_keys);
  FigureNames(const FigureNames&) = delete;
  FigureNames& operator=(const FigureNames&) = delete;

  const std::vector<estimate::FigureKey> keys;
  std::map<Names, std::size_t> places;  // views into keys
};

struct Figures::Impl {
  engine::SnapshotPointer snapshot;
  std::shared_ptr<const FigureNames> names;
};

}  // namespace abi0
}  // namespace panelpuls
