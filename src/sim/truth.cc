#include "sim/truth.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace panelpuls::sim {
namespace {

// What a figure is of, or broken down by: how a type's answers fall into classes.
struct View {
  enum Kind { kAll, kDimension, kLevel, kOutcome, kChoice } kind = kAll;
  std::size_t dimension = 0;
  const Block* block = nullptr;    // kOutcome
  std::vector<int> class_of;       // kLevel, kOutcome: [outcome] class
  std::vector<double> shares;      // kChoice: [class]; classes overlap
  std::vector<std::string> codes;  // [class]
};

View OfQuestion(const Model& model, int number) {
  const wave::Question& question = model.wave->questions[static_cast<std::size_t>(number)];
  View view;
  for (const wave::Option& option : question.options) view.codes.push_back(option.code);
  for (const ChoiceBlock& choice : model.choices) {
    if (choice.question != number) continue;
    view.kind = View::kChoice;
    view.shares = choice.InclusionShares();
    return view;
  }
  const auto classes = [&](const Block& block, std::size_t place) {
    for (const std::vector<int>& outcome : block.outcomes) view.class_of.push_back(outcome[place]);
  };
  if (number == model.driver) {
    view.kind = View::kLevel;
    classes(model.driver_block, 0);
    return view;
  }
  for (const Block& block : model.blocks) {
    const auto found = std::find(block.questions.begin(), block.questions.end(), number);
    if (found == block.questions.end()) continue;
    view.kind = View::kOutcome;
    view.block = &block;
    classes(block, static_cast<std::size_t>(found - block.questions.begin()));
  }
  return view;
}

View OfGroups(const Model& model) {
  View view;
  view.kind = View::kOutcome;
  view.block = &model.blocks[*model.indicator];
  view.class_of = view.block->shares_of;
  for (const wave::IndicatorGroup& group : model.wave->indicator->groups)
    view.codes.push_back(group.id);
  return view;
}

View OfDirections(const Model& model) {
  View view = OfGroups(model);
  for (int& of : view.class_of)
    of = model.wave->indicator->direction_of[static_cast<std::size_t>(of)];
  view.codes = {"increase", "unchanged", "decline"};
  return view;
}

// False: the population has no such domain.
bool OfDomain(const Model& model, const wave::Domain& domain, View* view) {
  switch (domain.kind) {
    case wave::Domain::kAll:
      view->codes = {""};
      return true;
    case wave::Domain::kDimension:
      view->kind = View::kDimension;
      view->dimension = static_cast<std::size_t>(domain.dimension);
      for (const wave::Category& category : model.wave->dimensions[view->dimension].categories) {
        view->codes.push_back(category.code);
      }
      return true;
    case wave::Domain::kVariable:
      break;
    case wave::Domain::kCrossed:
      return false;
  }
  if (domain.variable.kind == wave::VariableKind::kDirection && model.indicator.has_value()) {
    *view = OfDirections(model);
    return true;
  }
  if (domain.variable.kind != wave::VariableKind::kQuestion) return false;
  *view = OfQuestion(model, domain.variable.question);
  return view->kind != View::kChoice;
}

// [domain class][row class] share of the population that is in both, and [domain class] in the
// domain.
struct Joint {
  std::vector<std::vector<double>> both;
  std::vector<double> domain;
};

// P(class | type) of a view.
void ClassShares(const Model& model, const View& view, std::size_t type, std::vector<double>& out) {
  std::fill(out.begin(), out.end(), 0);
  switch (view.kind) {
    case View::kAll:
      out[0] = 1;
      break;
    case View::kDimension:
      out[model.cells.CategoryOf(type / model.levels, view.dimension)] = 1;
      break;
    case View::kLevel:
      out[static_cast<std::size_t>(view.class_of[type % model.levels])] = 1;
      break;
    case View::kChoice:
      out = view.shares;
      break;
    case View::kOutcome: {
      std::vector<double> p(view.block->size());
      view.block->Probabilities(type, p);
      for (std::size_t k = 0; k < p.size(); ++k) {
        if (view.class_of[k] < static_cast<int>(out.size()))
          out[static_cast<std::size_t>(view.class_of[k])] += p[k];
      }
      break;
    }
  }
}

Joint JointShares(const Model& model, const View& row, const View& domain) {
  Joint joint{.both = std::vector(domain.codes.size(), std::vector<double>(row.codes.size(), 0)),
              .domain = std::vector<double>(domain.codes.size(), 0)};
  const bool same_block =
      row.kind == View::kOutcome && domain.kind == View::kOutcome && row.block == domain.block;
  std::vector<double> rows(row.codes.size());
  std::vector<double> domains(domain.codes.size());
  for (std::size_t type = 0; type < model.type_weights.size(); ++type) {
    const double weight = model.type_weights[type];
    if (weight <= 0) continue;
    ClassShares(model, domain, type, domains);
    for (std::size_t j = 0; j < domains.size(); ++j) joint.domain[j] += weight * domains[j];
    if (same_block) {
      std::vector<double> p(row.block->size());
      row.block->Probabilities(type, p);
      for (std::size_t k = 0; k < p.size(); ++k) {
        if (domain.class_of[k] >= static_cast<int>(domains.size())) continue;
        joint.both[static_cast<std::size_t>(domain.class_of[k])]
                  [static_cast<std::size_t>(row.class_of[k])] += weight * p[k];
      }
      continue;
    }
    ClassShares(model, row, type, rows);
    for (std::size_t j = 0; j < domains.size(); ++j) {
      if (domains[j] <= 0) continue;
      for (std::size_t i = 0; i < rows.size(); ++i)
        joint.both[j][i] += weight * domains[j] * rows[i];
    }
  }
  return joint;
}

void AddIndicator(const Model& model, const std::vector<double>& shares, const std::string& domain,
                  std::vector<TruthFigure>& out) {
  const auto& groups = model.wave->indicator->groups;
  double mean = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) mean += shares[g] * groups[g].score;
  out.push_back({.statistic = "mean", .of = "indicator", .domain = domain, .value = mean});
  for (std::size_t g = 0; g < groups.size(); ++g) {
    out.push_back({.statistic = "share",
                   .of = "indicator/" + groups[g].id,
                   .domain = domain,
                   .value = shares[g]});
  }
}

void AddQuestion(const Model& model, int number, const std::vector<double>& shares,
                 const std::string& domain, std::vector<TruthFigure>& out) {
  const wave::Question& question = model.wave->questions[static_cast<std::size_t>(number)];
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    if (question.options[i].missing) continue;
    out.push_back({.statistic = "share",
                   .of = question.id + "/" + question.options[i].code,
                   .domain = domain,
                   .value = shares[i]});
  }
  if (question.multiple) return;  // the share of a union of overlapping options is not their sum
  for (const wave::OptionSet& set : question.sets) {
    double sum = 0;
    for (const int option : set.options) sum += shares[static_cast<std::size_t>(option)];
    out.push_back(
        {.statistic = "share", .of = question.id + "/" + set.id, .domain = domain, .value = sum});
  }
}

void AddTabulation(const Model& model, int question, const wave::Domain& domain,
                   std::vector<TruthFigure>& out) {
  const bool of_indicator = question == wave::kNone;
  if (of_indicator && !model.indicator.has_value()) return;
  View by;
  if (!OfDomain(model, domain, &by)) return;
  const View row = of_indicator ? OfGroups(model) : OfQuestion(model, question);
  Joint joint = JointShares(model, row, by);
  for (std::size_t j = 0; j < by.codes.size(); ++j) {
    if (joint.domain[j] <= 0) continue;
    for (double& share : joint.both[j]) share /= joint.domain[j];
    const std::string name =
        domain.kind == wave::Domain::kAll ? "" : domain.name + "=" + by.codes[j];
    if (of_indicator) {
      AddIndicator(model, joint.both[j], name, out);
    } else {
      AddQuestion(model, question, joint.both[j], name, out);
    }
  }
}

}  // namespace

std::vector<TruthFigure> TruthOf(const Model& model) {
  std::vector<TruthFigure> figures;
  AddTabulation(model, wave::kNone, {}, figures);
  for (const wave::Tabulation& tabulation : model.wave->tabulations) {
    std::vector<TruthFigure> more;
    AddTabulation(model, tabulation.question, tabulation.domain, more);
    for (TruthFigure& figure : more) {
      const bool known = std::any_of(figures.begin(), figures.end(), [&](const TruthFigure& other) {
        return other.statistic == figure.statistic && other.of == figure.of &&
               other.domain == figure.domain;
      });
      if (!known) figures.push_back(std::move(figure));
    }
  }
  return figures;
}

}  // namespace panelpuls::sim
