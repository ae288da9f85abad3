// What one unit answers: options by question, drawn from the model, item non-response included.
// Threads  one; keeps references to model.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/model.h"
#include "sim/random.h"

namespace panelpuls::sim {

// [question] options chosen, in order; none: not answered.
using Answers = std::vector<std::vector<int>>;

class AnswerDrawer {
 public:
  explicit AnswerDrawer(const Model& model);

  std::size_t DrawLevel(std::size_t cell, Random& random) const;
  // A unit of that type. What is left open is either 'do not know' or no answer at all; a required
  // question is never left without one where it has an option for that.
  Answers Draw(std::size_t type, Random& random) const;
  // The same answers but for one, of a question that the indicator does not use where there is one.
  Answers Altered(const Answers& answers) const;
  // Stops before the last required question.
  Answers BrokenOff(const Answers& answers) const;
  // Something is left out, and nothing that is required.
  bool IsIncomplete(const Answers& answers) const;

 private:
  std::size_t GroupOf(const std::string& valid_group, double valid_share);
  void LeaveOpen(int question, Random& random, Answers& answers) const;

  const Model& model_;
  std::vector<std::string> group_names_;
  std::vector<double> group_shares_;        // [group] answered
  std::vector<std::size_t> block_groups_;   // [block]
  std::vector<std::size_t> choice_groups_;  // [choice block]
  std::size_t driver_group_ = 0;
  std::vector<int> missing_option_;  // [question] or kNone
  int altered_question_ = 0;
};

}  // namespace panelpuls::sim
