// How a fieldwork goes, out of the parameter file: how many are invited, how likely each answers
// where, when answers come in, and how often something else than a plain answer happens.
// Threads  immutable once made.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/status.h"
#include "sim/calendar.h"
#include "sim/model.h"
#include "sim/parameters.h"

namespace panelpuls::sim {

// Shares of the respondents to whom it happens.
struct Behaviour {
  double corrections = 0;
  double withdrawals = 0;
  double duplicates = 0;
  double conflicts = 0;
  double other_channel = 0;
  double break_offs = 0;
  double partials = 0;  // of those who left a question out
};

// What becomes of invited units that do not answer.
struct Outcomes {
  double undeliverable = 0;        // share of them
  double earlier_non_contact = 0;  // share of those interviewed by telephone
  std::array<double, 4> called{};  // weights: non_contact, refusal, ineligible, other
};

struct Plan {
  Calendar calendar;
  ArrivalCurve self;
  ArrivalCurve telephone;
  std::size_t invited = 0;
  double respondents = 0;  // expected
  int self_channel = 0;
  int telephone_channel = wave::kNone;
  double called_share = 0;                   // of those who do not answer by themselves
  std::vector<double> self_propensity;       // [cell]
  std::vector<double> telephone_propensity;  // [cell] of those called
  Behaviour behaviour;
  Outcomes outcomes;
  std::size_t tests = 0;
  std::vector<double> base_weights;  // one is drawn a unit, where weights are by unit

  explicit Plan(const wave::Wave& wave) : calendar(wave) {}
};

struct Sizes {
  double invited = 0;
  double respondents = 0;
};
// [fieldwork] invited and respondents. With `fit_to_wave` both are cut to what the wave has room
// for.
absl::StatusOr<Sizes> ReadSizes(const wave::Wave& wave, const Parameters& parameters,
                                bool fit_to_wave);

absl::StatusOr<Plan> MakePlan(const Model& model, const Parameters& parameters, const Sizes& sizes);

}  // namespace panelpuls::sim
