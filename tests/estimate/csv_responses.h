// Responses of a small CSV file for tests: plain, without quotes; columns are dimensions, questions
// or base_weight, behind one of respondent ids.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "testing/sample_response.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

inline std::vector<std::string> SplitLine(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

inline std::vector<testing::SampleResponse> ReadResponses(const wave::Wave& wave,
                                                          const std::string& path) {
  std::ifstream stream(path);
  EXPECT_TRUE(stream.good()) << path;
  std::string line;
  std::getline(stream, line);
  const std::vector<std::string> columns = SplitLine(line);
  std::vector<testing::SampleResponse> responses;
  while (std::getline(stream, line)) {
    testing::SampleResponse response;
    response.unit = responses.size();
    response.channel = wave.channels.front().code;
    const std::vector<std::string> fields = SplitLine(line);
    for (std::size_t i = 1; i < fields.size(); ++i) {
      if (fields[i].empty()) continue;
      if (columns[i] == "base_weight") {
        response.base_weight = std::stod(fields[i]);
      } else if (wave.FindDimension(columns[i]) != wave::kNone) {
        response.categories[columns[i]] = fields[i];
      } else {
        response.answers[columns[i]] = fields[i];
      }
    }
    responses.push_back(response);
  }
  return responses;
}

}  // namespace panelpuls::estimate
