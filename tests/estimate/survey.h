// A survey for tests: a wave, its responses one by one, and the cube they make.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "estimate/estimator.h"
#include "state/state.h"
#include "testing/sample_response.h"
#include "testing/small_wave.h"

namespace panelpuls::estimate {

// What the random survey's definition may vary.
struct SurveyOptions {
  std::string method = "RAKE";
  std::string base_weights = "BASE_WEIGHTS_PER_UNIT";
  std::string reporting = "";  // fields of reporting
  std::string bounds = "";     // fields of weighting
  std::string barriers = "";   // fields of the tabulation of barriers
  // Order in which size and area list their categories.
  std::vector<int> size_order = {0, 1, 2};
  std::vector<int> area_order = {0, 1, 2, 3};
};

// Dimensions size and area (weighting) and sector (not); questions revenue, jobs (indicator), use
// (single, with a set), barriers (multiple).
std::shared_ptr<const wave::Wave> SurveyWave(const SurveyOptions& options = {});

// n respondents with unequal probabilities, item non-response and base weights.
std::vector<testing::SampleResponse> RandomResponses(std::size_t n, std::mt19937_64& random);

// Applies the responses to a state of the wave.
class Survey {
 public:
  Survey(std::shared_ptr<const wave::Wave> wave,
         const std::vector<testing::SampleResponse>& responses);
  const state::Cube& cube() const { return state_->cube(); }
  const wave::Wave& wave() const { return *wave_; }

 private:
  std::shared_ptr<const wave::Wave> wave_;
  std::unique_ptr<state::State> state_;
};

// The figure of a key; fails the test when there is none.
const FigureValue& Find(const Estimator& estimator, const Estimates& estimates,
                        const std::string& of, const std::string& domain = "");

std::vector<std::string> FlagTexts(const wave::Wave& wave, const std::vector<Flag>& flags);

}  // namespace panelpuls::estimate
