#include "sim/model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/effects.h"
#include "sim/indicator_block.h"

namespace panelpuls::sim {
namespace {

const wave::Question& QuestionOf(const Model& model, int question) {
  return model.wave->questions[static_cast<std::size_t>(question)];
}

absl::StatusOr<double> ValidShare(const Parameters& parameters, const std::string& group,
                                  const ModelOptions& options) {
  if (const Parameters::Entry* entry = parameters.Find("valid", group)) {
    PP_ASSIGN_OR_RETURN(const double count,
                        parameters.Number(*entry, {.low = 0, .high = options.respondents}));
    return count / options.respondents;
  }
  return parameters.Number("generic", "valid_share", {.low = 0, .high = 1});
}

// [valid option] target share: as the file says, or each option `option_ratio` of the one before.
absl::StatusOr<std::vector<double>> TargetShares(const Model& model, const Parameters& parameters,
                                                 const wave::Question& question) {
  const std::vector<int> valid = ValidOptions(question);
  std::vector<double> by_option(question.options.size(), 0);
  const auto entries = parameters.Section("shares." + question.id);
  for (const Parameters::Entry* entry : entries) {
    PP_ASSIGN_OR_RETURN(const std::size_t option, OptionNamed(parameters, *entry, question));
    if (question.options[option].missing) {
      return parameters.ErrorAt(
          *entry,
          fmt::format("option {} counts as missing and has no share; see [valid]", entry->name));
    }
    PP_ASSIGN_OR_RETURN(by_option[option], parameters.Number(*entry, {.low = 0, .high = 100}));
  }
  double ratio = 1;
  if (entries.empty()) {
    PP_ASSIGN_OR_RETURN(ratio,
                        parameters.Number("generic", "option_ratio", {.low = 0.01, .high = 1}));
  }
  std::vector<double> shares;
  double sum = 0;
  double generic = 1;
  for (const int option : valid) {
    shares.push_back(entries.empty() ? generic : by_option[static_cast<std::size_t>(option)]);
    sum += shares.back();
    generic *= ratio;
  }
  if (!entries.empty() && !question.multiple && std::abs(sum - 100) > 1e-9) {
    return parameters.ErrorAt(
        *entries.front(),
        fmt::format("the shares of {} add up to {}; make them 100", question.id, sum));
  }
  if (!(sum > 0))
    return InvalidArgument("wave {}: question {} has no option to choose", model.wave->id,
                           question.id);
  for (double& share : shares) share /= sum;
  return shares;
}

// A single-choice question by itself; types are cells for the driving question.
absl::StatusOr<Block> MakeQuestionBlock(const Model& model, const Parameters& parameters,
                                        int number, const ModelOptions& options) {
  const wave::Question& question = QuestionOf(model, number);
  const bool is_driver = number == model.driver;
  Block block;
  block.name = question.id;
  block.questions = {number};
  block.valid_group = question.battery.empty() ? question.id : question.battery;
  PP_ASSIGN_OR_RETURN(block.valid_share, ValidShare(parameters, block.valid_group, options));
  PP_ASSIGN_OR_RETURN(block.base, TargetShares(model, parameters, question));
  const std::vector<int> valid = ValidOptions(question);
  const double middle = (static_cast<double>(valid.size()) - 1) / 2;
  for (std::size_t k = 0; k < valid.size(); ++k) {
    block.outcomes.push_back({valid[k]});
    block.shares_of.push_back(static_cast<int>(k));
    block.slope.push_back(static_cast<double>(k) - middle);
  }
  PP_ASSIGN_OR_RETURN(block.tilt, SumEffects(model, parameters,
                                             {.prefix = "tilt." + question.id,
                                              .range = {.low = -5, .high = 5},
                                              .cells_only = is_driver},
                                             nullptr));
  FitTargets targets{.weights = is_driver ? model.cells.population() : model.type_weights,
                     .shares = block.base,
                     .means = {}};
  PP_RETURN_IF_ERROR(Fit(targets, block));
  return block;
}

absl::Status ReadChoiceCounts(const Parameters& parameters, const wave::Question& question,
                              ChoiceBlock& block) {
  const std::string section = "choices." + question.id;
  double sum = 0;
  for (std::size_t count = 1; count < block.counts.size(); ++count) {
    block.counts[count] = 1;
    if (const Parameters::Entry* entry = parameters.Find(section, fmt::format("count.{}", count))) {
      PP_ASSIGN_OR_RETURN(block.counts[count], parameters.Number(*entry, {.low = 0, .high = 100}));
    }
    sum += block.counts[count];
  }
  if (!(sum > 0))
    return InvalidArgument("{}: [{}] leaves no number of choices", parameters.file_name(), section);
  for (double& count : block.counts) count /= sum;
  for (std::size_t option = 0; option < question.options.size(); ++option) {
    if (!question.options[option].exclusive || question.options[option].missing) continue;
    if (const Parameters::Entry* entry = parameters.Find(section, question.options[option].code)) {
      PP_ASSIGN_OR_RETURN(block.exclusive[option],
                          parameters.Number(*entry, {.low = 0, .high = 100}));
      block.exclusive[option] /= 100;
    } else {
      PP_ASSIGN_OR_RETURN(block.exclusive[option],
                          parameters.Number("generic", "exclusive_share", {.low = 0, .high = 1}));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ChoiceBlock> MakeChoiceBlock(const Model& model, const Parameters& parameters,
                                            int number, const ModelOptions& options) {
  const wave::Question& question = QuestionOf(model, number);
  ChoiceBlock block;
  block.question = number;
  block.valid_group = question.battery.empty() ? question.id : question.battery;
  PP_ASSIGN_OR_RETURN(block.valid_share, ValidShare(parameters, block.valid_group, options));
  PP_ASSIGN_OR_RETURN(const std::vector<double> shares, TargetShares(model, parameters, question));
  block.weights.assign(question.options.size(), 0);
  block.exclusive.assign(question.options.size(), 0);
  const std::vector<int> valid = ValidOptions(question);
  std::size_t in_company = 0;
  for (std::size_t k = 0; k < valid.size(); ++k) {
    const auto option = static_cast<std::size_t>(valid[k]);
    if (question.options[option].exclusive) continue;
    block.weights[option] = shares[k];
    in_company += shares[k] > 0;
  }
  constexpr std::size_t kMostChoices = 4;  // the exact shares look at every order of choosing
  block.counts.assign(std::min({kMostChoices, std::size_t{question.max_choices}, in_company}) + 1,
                      0);
  PP_RETURN_IF_ERROR(ReadChoiceCounts(parameters, question, block));
  return block;
}

absl::Status AddDriver(const Parameters& parameters, const ModelOptions& options, Model& model) {
  const Parameters::Entry* entry = parameters.Find("driver", "question");
  if (entry != nullptr) {
    model.driver = model.wave->FindQuestion(entry->value);
    if (model.driver == wave::kNone || QuestionOf(model, model.driver).multiple) {
      return parameters.ErrorAt(*entry, fmt::format("wave {} has no single-choice question '{}'",
                                                    model.wave->id, entry->value));
    }
    PP_ASSIGN_OR_RETURN(model.driver_block,
                        MakeQuestionBlock(model, parameters, model.driver, options));
    model.levels = model.driver_block.size();
  }
  model.type_weights.resize(model.cells.count() * model.levels);
  std::vector<double> p(model.levels, 1);
  for (std::size_t cell = 0; cell < model.cells.count(); ++cell) {
    if (model.driver != wave::kNone) model.driver_block.Probabilities(cell, p);
    for (std::size_t level = 0; level < model.levels; ++level) {
      model.type_weights[model.TypeOf(cell, level)] = model.cells.population()[cell] * p[level];
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Model> MakeModel(std::shared_ptr<const wave::Wave> wave,
                                const Parameters& parameters, const ModelOptions& options) {
  Model model;
  PP_ASSIGN_OR_RETURN(model.cells, Cells::Make(*wave));
  model.wave = std::move(wave);
  PP_RETURN_IF_ERROR(AddDriver(parameters, options, model));
  std::vector<bool> done(model.wave->questions.size(), false);
  if (model.driver != wave::kNone) done[static_cast<std::size_t>(model.driver)] = true;
  if (model.wave->indicator.has_value()) {
    for (const int question : model.wave->indicator->questions) {
      if (question == model.driver) {
        return InvalidArgument("{}: [driver] is a question of the indicator; choose another",
                               parameters.file_name());
      }
      done[static_cast<std::size_t>(question)] = true;
    }
    PP_ASSIGN_OR_RETURN(Block block, MakeIndicatorBlock(model, parameters, options.truth_shift));
    PP_ASSIGN_OR_RETURN(block.valid_share, ValidShare(parameters, "indicator", options));
    model.indicator = model.blocks.size();
    model.blocks.push_back(std::move(block));
  }
  for (std::size_t number = 0; number < done.size(); ++number) {
    if (done[number]) continue;
    if (model.wave->questions[number].multiple) {
      PP_ASSIGN_OR_RETURN(ChoiceBlock block,
                          MakeChoiceBlock(model, parameters, static_cast<int>(number), options));
      model.choices.push_back(std::move(block));
    } else {
      PP_ASSIGN_OR_RETURN(Block block,
                          MakeQuestionBlock(model, parameters, static_cast<int>(number), options));
      model.blocks.push_back(std::move(block));
    }
  }
  return model;
}

}  // namespace panelpuls::sim
