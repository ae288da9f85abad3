// Simulation standard errors: the spread of each estimate over many simulated fieldworks of the
// same population, kept in a CSV file beside the wave (statistic, of, domain, fieldworks, truth,
// mean, bias, sd). Threads  any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace panelpuls::cli {

struct SimulationError {
  std::string statistic, of, domain;
  std::uint64_t fieldworks = 0;
  double truth = 0;
  double mean = 0;
  double sd = 0;  // of the estimate: its simulation standard error
};

struct SimulationErrors {
  std::vector<SimulationError> figures;
  const SimulationError* Find(std::string_view statistic, std::string_view of,
                              std::string_view domain) const;
};

std::string ErrorsToCsv(const SimulationErrors& errors);
// InvalidArgument naming file and line.
absl::StatusOr<SimulationErrors> ErrorsFromCsv(std::string_view text, const std::string& file_name);

}  // namespace panelpuls::cli
