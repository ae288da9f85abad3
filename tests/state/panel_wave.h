// A small wave with everything that the state tells apart: two channels, two dimensions, item
// non-response, a set, a multiple choice, base weights by unit.
#pragma once

#include <memory>
#include <string>

#include "testing/small_wave.h"

namespace panelpuls::state {

struct PanelOptions {
  std::string head = "";  // more fields of the definition
  std::string base_weights = "BASE_WEIGHTS_PER_UNIT";
  std::uint64_t max_respondents = 1000;
};

inline std::shared_ptr<const wave::Wave> PanelWave(const PanelOptions& options = {}) {
  return testing::WaveFromText(R"pb(
                                 id: "panel"
                                 fieldwork_start: "2025-09-01"
                                 fieldwork_end: "2025-10-31"
                                 time_zone: "Europe/Copenhagen"
                                 channels { code: "eboks" }
                                 channels { code: "cati" }
                                 dimensions {
                                   id: "size"
                                   categories { code: "small" }
                                   categories { code: "large" }
                                 }
                                 dimensions {
                                   id: "area"
                                   categories { code: "north" }
                                   categories { code: "south" }
                                   categories { code: "east" }
                                 }
                                 questions {
                                   id: "revenue"
                                   kind: SCALE
                                   required: true
                                   options { code: "up" }
                                   options { code: "same" }
                                   options { code: "down" }
                                   options { code: "dont_know" missing: true }
                                 }
                                 questions {
                                   id: "jobs"
                                   kind: SCALE
                                   options { code: "up" }
                                   options { code: "same" }
                                   options { code: "down" }
                                 }
                                 questions {
                                   id: "barriers"
                                   kind: MULTIPLE
                                   max_choices: 2
                                   options { code: "money" }
                                   options { code: "time" }
                                   options { code: "none" exclusive: true }
                                   options { code: "dont_know" missing: true exclusive: true }
                                 }
                                 indicator {
                                   questions: "revenue"
                                   questions: "jobs"
                                   groups {
                                     id: "rise"
                                     score: 100
                                     combinations { options: "up" options: "same" }
                                     combinations { options: "up" options: "down" }
                                   }
                                   groups {
                                     id: "flat"
                                     score: 0
                                     combinations { options: "same" options: "same" }
                                   }
                                   groups {
                                     id: "fall"
                                     score: -100
                                     combinations { options: "down" options: "same" }
                                     combinations { options: "down" options: "up" }
                                   }
                                 }
                                 tabulations { by: "size" by: "channel" by: "jobs" }
                                 tabulations { question: "revenue" by: "direction" }
                                 tabulations { question: "barriers" by: "direction" }
                                 weighting { method: NONE }
                               )pb" +
                               options.head +
                               " max_respondents: " + std::to_string(options.max_respondents) +
                               " design { base_weights: " + options.base_weights + " }");
}

}  // namespace panelpuls::state
