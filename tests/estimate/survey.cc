#include "survey.h"

namespace panelpuls::estimate {
namespace {

struct CategoryText {
  std::string code;
  std::string fields;
};

std::string Categories(const std::vector<CategoryText>& categories, const std::vector<int>& order) {
  std::string text;
  for (const int place : order) {
    const CategoryText& category = categories[static_cast<std::size_t>(place)];
    text += "categories { code: \"" + category.code + "\" " + category.fields + " }\n";
  }
  return text;
}

}  // namespace

std::shared_ptr<const wave::Wave> SurveyWave(const SurveyOptions& options) {
  const bool per_cell = options.base_weights == "BASE_WEIGHTS_PER_CELL";
  const auto size = [per_cell](const std::string& fields, const std::string& base_weight) {
    return fields + (per_cell ? " base_weight: " + base_weight : "");
  };
  const std::string dimensions = "dimensions { id: \"size\" " +
                                 Categories({{"micro", size("population: 7000", "4")},
                                             {"small", size("population: 2500", "1.5")},
                                             {"medium", size("population: 500", "0.75")}},
                                            options.size_order) +
                                 "}\ndimensions { id: \"area\" " +
                                 Categories({{"north", "population: 4000"},
                                             {"east", "population: 3000"},
                                             {"south", "population: 2000"},
                                             {"west", "population: 1000"}},
                                            options.area_order) +
                                 "}\n";
  return testing::WaveFromText(
      dimensions + R"pb(
        id: "survey"
        fieldwork_start: "2025-09-01"
        fieldwork_end: "2025-10-31"
        channels { code: "eboks" }
        channels { code: "cati" }
        max_respondents: 100000
        dimensions {
          id: "sector"
          categories { code: "goods" }
          categories { code: "services" }
        }
        questions {
          id: "revenue"
          kind: SCALE
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
          id: "use"
          options { code: "never" }
          options { code: "dont_know" missing: true }
          options { code: "sometimes" }
          options { code: "daily" }
          sets { id: "at_all" options: "sometimes" options: "daily" }
        }
        questions {
          id: "barriers"
          kind: MULTIPLE
          max_choices: 2
          options { code: "money" }
          options { code: "dont_know" missing: true exclusive: true }
          options { code: "time" }
          options { code: "none" exclusive: true ranked: true }
        }
        indicator {
          questions: "revenue"
          questions: "jobs"
          groups {
            id: "large_rise"
            score: 100
            combinations { options: "up" options: "down" }
          }
          groups {
            id: "rise"
            score: 50
            combinations { options: "up" options: "same" }
            combinations { options: "same" options: "down" }
          }
          groups {
            id: "flat"
            score: 0
            combinations { options: "same" options: "same" }
          }
          groups {
            id: "fall"
            score: -50
            combinations { options: "down" options: "same" }
            combinations { options: "same" options: "up" }
          }
        }
        tabulations { by: "size" by: "area" by: "sector" by: "channel" by: "use" }
        tabulations { question: "use" by: "direction" by: "size" }
      )pb" +
      R"pb(tabulations { question: "barriers" by: "direction" by: "sector" by: "use")pb" +
      options.barriers + " } weighting { method: " + options.method +
      (options.method == "NONE" ? "" : " dimensions: \"size\" dimensions: \"area\" ") +
      options.bounds + " } reporting { " + options.reporting + " } design { base_weights: " +
      options.base_weights + (per_cell ? " stratum_dimension: \"size\"" : "") + " }");
}

std::vector<testing::SampleResponse> RandomResponses(std::size_t n, std::mt19937_64& random) {
  const std::vector<std::string> sizes = {"micro", "micro", "micro", "small", "small", "medium"};
  const std::vector<std::string> areas = {"north", "north", "east", "south", "west", "west"};
  const std::vector<std::string> sectors = {"goods", "services", "services"};
  const std::vector<std::string> revenue = {"up", "same", "same", "down", "dont_know", ""};
  const std::vector<std::string> jobs = {"up", "same", "same", "same", "down", ""};
  const std::vector<std::string> use = {"never", "sometimes", "daily", "dont_know", ""};
  const std::vector<std::string> barriers = {"money", "time",      "money|time",
                                             "none",  "dont_know", ""};
  const auto pick = [&random](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  std::vector<testing::SampleResponse> responses;
  for (std::size_t unit = 0; unit < n; ++unit) {
    testing::SampleResponse response;
    response.unit = unit;
    response.channel = random() % 4 == 0 ? "cati" : "eboks";
    response.categories = {{"size", pick(sizes)}, {"area", pick(areas)}, {"sector", pick(sectors)}};
    for (const auto& [question, options] : std::map<std::string, std::vector<std::string>>{
             {"revenue", revenue}, {"jobs", jobs}, {"use", use}, {"barriers", barriers}}) {
      const std::string option = pick(options);
      if (!option.empty()) response.answers[question] = option;
    }
    // Real design weights have many decimals.
    response.base_weight = 0.3 + static_cast<double>(random() % 10'000'000) / 123'457.0;
    responses.push_back(response);
  }
  return responses;
}

Survey::Survey(std::shared_ptr<const wave::Wave> wave,
               const std::vector<testing::SampleResponse>& responses)
    : wave_(std::move(wave)), state_(state::State::Create(wave_, {}).value()) {
  testing::SampleResolver resolver(wave_);
  for (testing::SampleResponse response : responses) {
    if (wave_->base_weights != wave::BaseWeights::kPerUnit) response.base_weight.reset();
    std::vector<std::byte> record = resolver.Record(response);
    EXPECT_EQ(state_->ApplyResponse(record, 1).result, wave::Result::kAccepted);
  }
}

const FigureValue& Find(const Estimator& estimator, const Estimates& estimates,
                        const std::string& of, const std::string& domain) {
  for (std::size_t i = 0; i < estimator.keys().size(); ++i) {
    const FigureKey& key = estimator.keys()[i];
    if (key.of == of && key.domain == domain) return estimates.figures[i];
  }
  ADD_FAILURE() << "no figure " << of << " " << domain;
  return estimates.figures.front();
}

std::vector<std::string> FlagTexts(const wave::Wave& wave, const std::vector<Flag>& flags) {
  std::vector<std::string> texts;
  for (const Flag& flag : flags) texts.push_back(FlagText(wave, flag));
  return texts;
}

}  // namespace panelpuls::estimate
