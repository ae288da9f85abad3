#include "sim/answers.h"

#include <algorithm>

namespace panelpuls::sim {
namespace {

constexpr double kSaysSo = 0.5;  // of those who leave a question open and could say 'do not know'

}  // namespace

AnswerDrawer::AnswerDrawer(const Model& model) : model_(model) {
  for (const Block& block : model.blocks)
    block_groups_.push_back(GroupOf(block.valid_group, block.valid_share));
  for (const ChoiceBlock& block : model.choices) {
    choice_groups_.push_back(GroupOf(block.valid_group, block.valid_share));
  }
  if (model.driver != wave::kNone) {
    driver_group_ = GroupOf(model.driver_block.valid_group, model.driver_block.valid_share);
  }
  for (const wave::Question& question : model.wave->questions) {
    const auto found = std::find_if(question.options.begin(), question.options.end(),
                                    [](const wave::Option& option) { return option.missing; });
    missing_option_.push_back(found == question.options.end()
                                  ? wave::kNone
                                  : static_cast<int>(found - question.options.begin()));
  }
  for (std::size_t b = 0; b < model.blocks.size(); ++b) {
    if (model.blocks[b].size() < 2) continue;
    if (b != model.indicator || model.blocks.size() == 1)
      altered_question_ = model.blocks[b].questions.back();
  }
}

std::size_t AnswerDrawer::GroupOf(const std::string& valid_group, double valid_share) {
  const auto found = std::find(group_names_.begin(), group_names_.end(), valid_group);
  if (found != group_names_.end()) return static_cast<std::size_t>(found - group_names_.begin());
  group_names_.push_back(valid_group);
  group_shares_.push_back(valid_share);
  return group_names_.size() - 1;
}

std::size_t AnswerDrawer::DrawLevel(std::size_t cell, Random& random) const {
  return model_.driver == wave::kNone ? 0 : model_.driver_block.Draw(cell, random);
}

void AnswerDrawer::LeaveOpen(int question, Random& random, Answers& answers) const {
  const auto q = static_cast<std::size_t>(question);
  const bool says_so = random.Chance(kSaysSo) || model_.wave->questions[q].required;
  answers[q].clear();
  if (says_so && missing_option_[q] != wave::kNone) answers[q].push_back(missing_option_[q]);
}

Answers AnswerDrawer::Draw(std::size_t type, Random& random) const {
  Answers answers(model_.wave->questions.size());
  std::vector<bool> answered;
  for (const double share : group_shares_) answered.push_back(random.Chance(share));
  if (model_.driver != wave::kNone) {
    const auto q = static_cast<std::size_t>(model_.driver);
    answers[q] = model_.driver_block.outcomes[type % model_.levels];
    if (!answered[driver_group_]) LeaveOpen(model_.driver, random, answers);
  }
  for (std::size_t b = 0; b < model_.blocks.size(); ++b) {
    const Block& block = model_.blocks[b];
    const std::vector<int>& outcome = block.outcomes[block.Draw(type, random)];
    for (std::size_t i = 0; i < outcome.size(); ++i) {
      answers[static_cast<std::size_t>(block.questions[i])] = {outcome[i]};
    }
    if (!answered[block_groups_[b]])
      LeaveOpen(block.questions[random.Below(outcome.size())], random, answers);
  }
  for (std::size_t c = 0; c < model_.choices.size(); ++c) {
    const int question = model_.choices[c].question;
    answers[static_cast<std::size_t>(question)] = model_.choices[c].Draw(random);
    if (!answered[choice_groups_[c]]) LeaveOpen(question, random, answers);
  }
  return answers;
}

Answers AnswerDrawer::Altered(const Answers& answers) const {
  Answers result = answers;
  const auto q = static_cast<std::size_t>(altered_question_);
  const auto options = static_cast<int>(model_.wave->questions[q].options.size());
  const int now = result[q].empty() ? 0 : result[q].front();
  for (int step = 1; step < options; ++step) {
    const int other = (now + step) % options;
    if (model_.wave->questions[q].options[static_cast<std::size_t>(other)].missing) continue;
    result[q] = {other};
    break;
  }
  return result;
}

Answers AnswerDrawer::BrokenOff(const Answers& answers) const {
  Answers result(answers.size());
  std::size_t last_required = answers.size();
  while (last_required > 0 && !model_.wave->questions[last_required - 1].required) --last_required;
  for (std::size_t q = 0; q + 1 < last_required; ++q) result[q] = answers[q];
  return result;
}

bool AnswerDrawer::IsIncomplete(const Answers& answers) const {
  bool incomplete = false;
  for (std::size_t q = 0; q < answers.size(); ++q) {
    if (!answers[q].empty()) continue;
    if (model_.wave->questions[q].required) return false;
    incomplete = true;
  }
  return incomplete;
}

}  // namespace panelpuls::sim
