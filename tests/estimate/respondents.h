// The estimates computed from the list of respondents, one by one and by codes: METHOD M2 and M3
// without cells, classes or integers.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "estimate/figures/estimates.h"
#include "testing/sample_response.h"
#include "wave/wave.h"

namespace panelpuls::estimate {

class Respondents {
 public:
  Respondents(const wave::Wave& wave, const std::vector<testing::SampleResponse>& list)
      : wave_(wave), list_(list) {
    for (const auto& response : list_) d_.push_back(BaseWeight(response));
  }

  const std::vector<double>& w() const { return w_; }
  double base_weight(std::size_t i) const { return d_[i]; }

  // False: a category is empty. nullopt: a thousand sweeps do not meet the margins.
  std::optional<bool> Rake() {
    w_ = d_;
    for (int sweep = 0; sweep < 1000; ++sweep) {
      double worst = 0;
      for (const int d : wave_.weighting.dimensions) {
        const wave::Dimension& dimension = wave_.dimensions[static_cast<std::size_t>(d)];
        for (const wave::Category& category : dimension.categories) {
          double sum = 0;
          for (std::size_t i = 0; i < list_.size(); ++i) {
            if (list_[i].categories.at(dimension.id) == category.code) sum += w_[i];
          }
          if (sum == 0) return false;
          worst = std::max(worst, std::abs(sum / category.population - 1));
          for (std::size_t i = 0; i < list_.size(); ++i) {
            if (list_[i].categories.at(dimension.id) == category.code) {
              w_[i] *= category.population / sum;
            }
          }
        }
      }
      if (worst < 1e-12) return true;
    }
    return std::nullopt;
  }
  void TakeBaseWeights() { w_ = d_; }

  struct Figure {
    std::uint64_t n = 0;
    double value = 0;
    double n_effective = 0;
  };
  Figure Compute(const FigureKey& key) const {
    Figure figure;
    double sum = 0;
    double sum_of_squares = 0;
    double above = 0;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      double y = 0;
      if (!InDomain(list_[i], key.domain) || !ValueOf(list_[i], key.of, &y)) continue;
      ++figure.n;
      sum += w_[i];
      sum_of_squares += w_[i] * w_[i];
      above += w_[i] * y;
    }
    if (figure.n == 0) return figure;
    figure.value = above / sum;
    figure.n_effective = sum * sum / sum_of_squares;
    return figure;
  }

 private:
  double BaseWeight(const testing::SampleResponse& response) const {
    if (wave_.base_weights == wave::BaseWeights::kPerUnit) return response.base_weight.value();
    if (wave_.base_weights == wave::BaseWeights::kNone) return 1;
    const std::map<std::string, double> by_size = {{"micro", 4}, {"small", 1.5}, {"medium", 0.75}};
    return by_size.at(response.categories.at("size"));
  }
  static std::string Answer(const testing::SampleResponse& response, const std::string& question) {
    const auto found = response.answers.find(question);
    if (found == response.answers.end() || found->second == "dont_know") return "";
    return found->second;
  }
  // Group and score, or no valid case.
  static bool Group(const testing::SampleResponse& response, std::string* group, double* score) {
    static const std::map<std::string, std::pair<std::string, double>> groups = {
        {"up/down", {"large_rise", 100}}, {"up/same", {"rise", 50}},    {"same/down", {"rise", 50}},
        {"same/same", {"flat", 0}},       {"down/same", {"fall", -50}}, {"same/up", {"fall", -50}}};
    const auto found = groups.find(Answer(response, "revenue") + "/" + Answer(response, "jobs"));
    if (found == groups.end()) return false;
    *group = found->second.first;
    *score = found->second.second;
    return true;
  }
  static bool InDomain(const testing::SampleResponse& response, const std::string& domain) {
    if (domain.empty()) return true;
    const std::string name = domain.substr(0, domain.find('='));
    const std::string code = domain.substr(domain.find('=') + 1);
    if (response.categories.contains(name)) return response.categories.at(name) == code;
    if (name == "channel") return response.channel == code;
    if (name != "direction") return Answer(response, name) == code;
    std::string group;
    double score = 0;
    if (!Group(response, &group, &score)) return false;
    return code == (score > 0 ? "increase" : score < 0 ? "decline" : "unchanged");
  }
  // False: no valid case.
  static bool ValueOf(const testing::SampleResponse& response, const std::string& of, double* y) {
    const std::string name = of.substr(0, of.find('/'));
    const std::string code = of.find('/') == std::string::npos ? "" : of.substr(of.find('/') + 1);
    if (name == "indicator") {
      std::string group;
      double score = 0;
      if (!Group(response, &group, &score)) return false;
      *y = code.empty() ? score : group == code ? 1 : 0;
      return true;
    }
    const std::string answer = Answer(response, name);
    if (answer.empty()) return false;
    if (code == "at_all") {
      *y = answer == "sometimes" || answer == "daily" ? 1 : 0;
    } else {
      *y = ("|" + answer + "|").find("|" + code + "|") == std::string::npos ? 0 : 1;
    }
    return true;
  }

  const wave::Wave& wave_;
  const std::vector<testing::SampleResponse>& list_;
  std::vector<double> d_;
  std::vector<double> w_;
};

}  // namespace panelpuls::estimate
