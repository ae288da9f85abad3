// What the simulator needs of a snapshot that a server sent as JSON.
// Threads  any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls::cli {

struct ReadFigure {
  std::string statistic, of, domain;
  std::uint64_t n = 0;
  std::optional<double> value;
};

struct ReadSnapshot {
  std::uint64_t version = 0;
  std::uint64_t respondents = 0;
  std::vector<ReadFigure> figures;  // without differences

  // Null: no such figure.
  const ReadFigure* Find(std::string_view statistic, std::string_view of,
                         std::string_view domain) const;
};

// Internal: not a snapshot.
absl::StatusOr<ReadSnapshot> ParseSnapshot(std::string_view json);

}  // namespace panelpuls::cli
