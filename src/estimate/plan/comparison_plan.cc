#include "estimate/plan/comparison_plan.h"

#include <algorithm>
#include <utility>

#include "estimate/figures/domain_name.h"
#include "estimate/plan/wide_domains.h"

namespace panelpuls::estimate {
namespace {

std::string NameOfFamily(const std::string& of, const std::string& domain) {
  return domain.empty() ? of : of + " by " + NameOfDomain(domain);
}

bool Contains(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

class ComparisonPlanner {
 public:
  ComparisonPlanner(const wave::Wave& wave, Plan* plan) : wave_(wave), plan_(plan) {}

  ComparisonPlan Make() {
    AddDomains();
    AddOthers();
    for (const wave::Comparison& comparison : wave_.comparisons) AddWave(comparison);
    AddRankings();
    result_.keys = std::make_shared<const std::vector<ComparisonKey>>(std::move(keys_));
    return std::move(result_);
  }

 private:
  // Place of a figure; kNone when there is none.
  int FigureOf(std::string_view statistic, std::string_view of, std::string_view domain) const {
    for (std::size_t i = 0; i < plan_->figures.size(); ++i) {
      const FigureKey& key = plan_->keys[i];
      if (key.statistic == statistic && key.of == of && key.domain == domain) {
        return static_cast<int>(i);
      }
    }
    return wave::kNone;
  }

  void AddDomains() {
    for (const wave::Tabulation& tabulation : wave_.tabulations) {
      if (tabulation.question != wave::kNone || tabulation.domain.kind == wave::Domain::kAll ||
          HasTooManyCategories(wave_, tabulation.domain)) {
        continue;
      }
      std::vector<std::uint32_t> figures;
      for (std::uint32_t i = 0; i < plan_->figures.size(); ++i) {
        const FigureKey& key = plan_->keys[i];
        if (key.statistic == "mean" && key.of == "indicator" && !key.domain.empty() &&
            NameOfDomain(key.domain) == tabulation.domain.name) {
          figures.push_back(i);
        }
      }
      for (std::size_t i = 0; i < figures.size(); ++i) {
        for (std::size_t j = i + 1; j < figures.size(); ++j) AddDomainPair(figures[i], figures[j]);
      }
    }
  }

  void AddDomainPair(std::uint32_t a, std::uint32_t b) {
    const FigureKey& key = plan_->keys[a];
    keys_.push_back({.family = NameOfFamily(key.of, key.domain),
                     .of = key.of,
                     .a = key.domain,
                     .b = plan_->keys[b].domain});
    result_.domains.push_back({.a = a, .b = b});
  }

  void AddOthers() {
    std::vector<std::pair<std::string, std::size_t>> families;
    for (const AgainstOthers& pair : plan_->against_others) {
      families.emplace_back(FamilyAgainst(plan_->keys[pair.figure], "others"), families.size());
    }
    std::sort(families.begin(), families.end());
    for (const auto& [family, number] : families) {
      const AgainstOthers& pair = plan_->against_others[number];
      const FigureKey& key = plan_->keys[pair.figure];
      keys_.push_back({.family = family, .of = key.of, .a = key.domain, .b = OthersOf(key.domain)});
      result_.others.push_back(pair);
    }
  }

  void AddWave(const wave::Comparison& comparison) {
    std::vector<std::pair<std::string, std::size_t>> families;
    for (const wave::ComparisonFigure& earlier : comparison.figures) {
      families.emplace_back(FamilyAgainst({.statistic = earlier.statistic,
                                           .of = earlier.of,
                                           .domain = earlier.domain,
                                           .against = ""},
                                          comparison.id),
                            families.size());
    }
    std::sort(families.begin(), families.end());
    for (const auto& [family, number] : families) {
      const wave::ComparisonFigure* earlier = &comparison.figures[number];
      const int figure = FigureOf(earlier->statistic, earlier->of, earlier->domain);
      if (figure == wave::kNone) continue;
      keys_.push_back(
          {.family = family, .of = earlier->of, .a = earlier->domain, .b = comparison.id});
      result_.waves.push_back({.figure = static_cast<std::uint32_t>(figure),
                               .difference = static_cast<std::uint32_t>(plan_->keys.size()),
                               .earlier = *earlier});
      plan_->keys.push_back({.statistic = "difference",
                             .of = earlier->of,
                             .domain = earlier->domain,
                             .against = comparison.id});
    }
  }

  void AddRankings() {
    std::vector<int> questions;
    for (const wave::Tabulation& tabulation : wave_.tabulations) {
      if (tabulation.question == wave::kNone || Contains(questions, tabulation.question)) continue;
      questions.push_back(tabulation.question);
    }
    std::vector<std::string> batteries;
    for (const int number : questions) {
      const wave::Question& question = QuestionOf(number);
      if (question.multiple) {
        RankOptions(number);
      } else if (!question.battery.empty() && std::find(batteries.begin(), batteries.end(),
                                                        question.battery) == batteries.end()) {
        batteries.push_back(question.battery);
        RankBattery(questions, question);
      }
    }
  }

  // A share that is compared with the others of its question or battery.
  struct Compared {
    std::uint32_t figure = 0;
    int question = wave::kNone;
    bool is_ranked = true;
  };

  void RankOptions(int number) {
    const wave::Question& question = QuestionOf(number);
    std::vector<Compared> compared;
    for (const int place : question.class_option) {
      const wave::Option& option = question.options[static_cast<std::size_t>(place)];
      const int figure = FigureOf("share", question.id + "/" + option.code, "");
      if (figure == wave::kNone) return;
      compared.push_back({.figure = static_cast<std::uint32_t>(figure),
                          .question = number,
                          .is_ranked = option.ranked});
    }
    AddRanking(question.id, compared);
  }

  void RankBattery(const std::vector<int>& questions, const wave::Question& first) {
    for (const wave::OptionSet& set : first.sets) {
      std::vector<Compared> compared;
      for (const int number : questions) {
        const wave::Question& question = QuestionOf(number);
        if (question.battery != first.battery || question.multiple) continue;
        const bool has_set =
            std::any_of(question.sets.begin(), question.sets.end(),
                        [&set](const wave::OptionSet& other) { return other.id == set.id; });
        const int figure =
            has_set ? FigureOf("share", question.id + "/" + set.id, "") : wave::kNone;
        if (figure == wave::kNone) continue;
        compared.push_back(
            {.figure = static_cast<std::uint32_t>(figure), .question = number, .is_ranked = true});
      }
      AddRanking(first.battery + "/" + set.id, compared);
    }
  }

  void AddRanking(const std::string& id, const std::vector<Compared>& compared) {
    RankingPlan ranking{.id = id, .figures = {}, .pairs = {}};
    std::vector<OptionPair> pairs;
    std::vector<std::uint32_t> ranked_pairs;
    for (std::uint32_t i = 0; i < compared.size(); ++i) {
      if (compared[i].is_ranked) ranking.figures.push_back(compared[i].figure);
      for (std::uint32_t j = i + 1; j < compared.size(); ++j) {
        OptionPair pair{.a = compared[i].figure, .b = compared[j].figure};
        if (!FindTable({compared[i].question, compared[j].question}, {i, j}, &pair)) continue;
        if (compared[i].is_ranked && compared[j].is_ranked) {
          ranked_pairs.push_back(static_cast<std::uint32_t>(result_.options.size() + pairs.size()));
        }
        pairs.push_back(pair);
      }
    }
    if (pairs.size() == compared.size() * (compared.size() - 1) / 2) {
      for (const OptionPair& pair : pairs) {
        keys_.push_back(
            {.family = id, .of = id, .a = plan_->keys[pair.a].of, .b = plan_->keys[pair.b].of});
        result_.options.push_back(pair);
      }
      ranking.pairs = std::move(ranked_pairs);
    }
    if (ranking.figures.size() >= 2) result_.rankings.push_back(std::move(ranking));
  }

  // Options of a multiple choice stand in the order of its classes.
  bool FindTable(std::pair<int, int> questions, std::pair<std::uint32_t, std::uint32_t> options,
                 OptionPair* pair) const {
    if (questions.first == questions.second) {
      pair->table = wave_.FindPairTable(questions.first);
      if (pair->table == wave::kNone) return false;
      pair->both_entry = wave_.tables[static_cast<std::size_t>(pair->table)].EntryOf(
          wave::PairRow(options.first, options.second, QuestionOf(questions.first).classes), 0);
      return true;
    }
    const wave::Variable a = VariableOf(questions.first);
    const wave::Variable b = VariableOf(questions.second);
    pair->table = wave_.FindTable(a, b);
    if (pair->table != wave::kNone) return true;
    pair->table = wave_.FindTable(b, a);
    pair->is_transposed = true;
    return pair->table != wave::kNone;
  }

  wave::Variable VariableOf(int question) const {
    return {wave::VariableKind::kQuestion, question, QuestionOf(question).classes};
  }
  const wave::Question& QuestionOf(int number) const {
    return wave_.questions[static_cast<std::size_t>(number)];
  }

  const wave::Wave& wave_;
  Plan* plan_;
  ComparisonPlan result_;
  std::vector<ComparisonKey> keys_;
};

}  // namespace

std::string FamilyAgainst(const FigureKey& figure, const std::string& earlier) {
  const std::string question = figure.of.substr(0, figure.of.find('/'));
  const std::string subject = figure.statistic == "share" ? "shares of " + question : question;
  return NameOfFamily(subject, figure.domain) + " against " + earlier;
}

ComparisonPlan MakeComparisonPlan(const wave::Wave& wave, Plan* plan) {
  return ComparisonPlanner(wave, plan).Make();
}

}  // namespace panelpuls::estimate
