// The worked tables of docs/METHOD.md, for tests that recompute them.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "estimate/csv_responses.h"

namespace panelpuls::estimate {

inline std::vector<double> Numbers(const std::string& field) {
  std::vector<double> numbers;
  for (const std::string& number : SplitLine(field)) numbers.push_back(std::stod(number));
  return numbers;
}

// Rows of numbers of the tables in a section of docs/METHOD.md, field by field.
inline std::vector<std::vector<std::string>> WorkedTable(const std::string& section) {
  std::ifstream stream(std::string(PANELPULS_SOURCE_DIR) + "/docs/METHOD.md");
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("## ")) inside = line.starts_with("## " + section + " ");
    if (!inside || !line.starts_with("| ") || line.find_first_of("0123456789") != 2) continue;
    std::vector<std::string> fields;
    for (std::size_t begin = 2; begin < line.size();) {
      const std::size_t end = line.find(" |", begin);
      if (end == std::string::npos) break;
      fields.push_back(line.substr(begin, end - begin));
      begin = end + 3;
    }
    rows.push_back(fields);
  }
  return rows;
}

}  // namespace panelpuls::estimate
