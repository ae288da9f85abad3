// Questions answered together, and how likely each answer is for a unit of a given type. A type is
// a weighting cell together with the answer to the driving question (AI use in the first survey).
// Answers depend on main effects only: P(k | type) is in proportion to base[k] exp(slope[k]
// tilt[type]), where tilt is a sum of one effect a dimension and one of the driving question.
// Threads  const members: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "sim/random.h"

namespace panelpuls::sim {

// One or more single-choice questions.
struct Block {
  std::string name;  // question, or "indicator": for messages
  std::vector<int> questions;
  std::vector<std::vector<int>> outcomes;  // [k][place in questions] option
  std::vector<int> shares_of;              // [k] share group that outcome k counts in
  std::vector<double> base;                // [k]
  std::vector<double> slope;               // [k]
  std::vector<double> tilt;                // [type]
  double valid_share = 1;                  // answered with something that counts
  std::string valid_group;                 // blocks of one group are answered or left together

  std::size_t size() const { return outcomes.size(); }
  // out[size()], adds up to 1.
  void Probabilities(std::size_t type, std::span<double> out) const;
  std::size_t Draw(std::size_t type, Random& random) const;
};

// A multiple-choice question: how many options are chosen is drawn first, then one after the other
// without replacement, in proportion to the weights. It depends on nothing.
struct ChoiceBlock {
  int question = 0;
  std::vector<double> weights;    // [option]; 0: never chosen in company
  std::vector<double> counts;     // [number of options chosen] probability; [0] is 0
  std::vector<double> exclusive;  // [option] probability of being the only one, by itself
  double valid_share = 1;
  std::string valid_group;

  // Probability that each option is among the chosen, exactly.
  std::vector<double> InclusionShares() const;
  std::vector<int> Draw(Random& random) const;
};

// What fitting aims at: shares of groups of outcomes in the population, and means of the slopes in
// the categories of dimensions.
struct DomainMean {
  std::vector<std::size_t> category_of;  // [type]
  std::vector<double> targets;           // [category] mean slope; NaN: free
};
struct FitTargets {
  std::vector<double> weights;  // [type], adds up to 1
  std::vector<double> shares;   // [share group], adds up to 1
  std::vector<DomainMean> means;
};
// Moves base and tilt until all targets are met to 1e-12, by turns, each from the last.
// InvalidArgument: they cannot be met together; names the block.
absl::Status Fit(const FitTargets& targets, Block& block);

}  // namespace panelpuls::sim
