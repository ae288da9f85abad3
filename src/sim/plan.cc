#include "sim/plan.h"

#include <algorithm>
#include <string_view>

#include "sim/effects.h"

namespace panelpuls::sim {
namespace {

constexpr double kHighestPropensity = 0.95;

absl::Status ReadShares(const Parameters& parameters, std::string_view section,
                        std::initializer_list<std::pair<std::string_view, double*>> shares) {
  for (const auto& [name, share] : shares) {
    PP_ASSIGN_OR_RETURN(const double percent,
                        parameters.Number(section, name, {.low = 0, .high = 100}));
    *share = percent / 100;
  }
  return absl::OkStatus();
}

absl::StatusOr<int> ReadChannel(const Model& model, const Parameters& parameters,
                                std::string_view name, std::size_t otherwise) {
  const Parameters::Entry* entry = parameters.Find("channels", name);
  if (entry == nullptr) {
    return otherwise < model.wave->channels.size() ? static_cast<int>(otherwise) : wave::kNone;
  }
  const int found = model.wave->FindChannel(entry->value);
  if (found != wave::kNone) return found;
  return parameters.ErrorAt(
      *entry, fmt::format("wave {} has no channel '{}'", model.wave->id, entry->value));
}

// Log-additive in the dimensions, scaled so that `expected` of the units weighed by `weights`
// answer.
absl::StatusOr<std::vector<double>> Propensities(const Model& model, const Parameters& parameters,
                                                 std::string_view prefix,
                                                 const std::vector<double>& weights,
                                                 double expected) {
  PP_ASSIGN_OR_RETURN(
      std::vector<double> result,
      SumEffects(model, parameters,
                 {.prefix = prefix, .range = {.low = -5, .high = 5}, .cells_only = true}, nullptr));
  double sum = 0;
  for (std::size_t cell = 0; cell < result.size(); ++cell) {
    result[cell] = StableExp(result[cell]);
    sum += weights[cell] * result[cell];
  }
  for (double& propensity : result) {
    propensity *= expected / sum;
    if (propensity > kHighestPropensity) {
      return InvalidArgument(
          "{}: [{}.*] would need a propensity of {:.2f} in some cell to reach the expected "
          "respondents; invite more, or expect fewer",
          parameters.file_name(), prefix, propensity);
    }
  }
  return result;
}

absl::Status ReadPropensities(const Model& model, const Parameters& parameters, Plan& plan) {
  double telephone_share = 0;
  PP_RETURN_IF_ERROR(
      ReadShares(parameters, "fieldwork",
                 {{"telephone_share", &telephone_share}, {"called_share", &plan.called_share}}));
  if (plan.telephone_channel == wave::kNone) telephone_share = plan.called_share = 0;
  const double answers =
      plan.respondents / ((1 - plan.behaviour.withdrawals) * (1 - plan.behaviour.break_offs));
  const auto invited = static_cast<double>(plan.invited);
  std::vector<double> weights = model.cells.invited();
  for (double& weight : weights) weight *= invited;
  PP_ASSIGN_OR_RETURN(plan.self_propensity, Propensities(model, parameters, "propensity.self",
                                                         weights, answers * (1 - telephone_share)));
  for (std::size_t cell = 0; cell < weights.size(); ++cell) {
    weights[cell] *= (1 - plan.self_propensity[cell]) * std::max(plan.called_share, 1e-9);
  }
  PP_ASSIGN_OR_RETURN(
      plan.telephone_propensity,
      Propensities(model, parameters, "propensity.telephone", weights, answers * telephone_share));
  return absl::OkStatus();
}

absl::Status ReadBehaviour(const Parameters& parameters, Plan& plan) {
  Behaviour& behaviour = plan.behaviour;
  PP_RETURN_IF_ERROR(ReadShares(parameters, "behaviour",
                                {{"corrections", &behaviour.corrections},
                                 {"withdrawals", &behaviour.withdrawals},
                                 {"duplicates", &behaviour.duplicates},
                                 {"conflicts", &behaviour.conflicts},
                                 {"other_channel", &behaviour.other_channel},
                                 {"break_offs", &behaviour.break_offs},
                                 {"partials", &behaviour.partials}}));
  PP_RETURN_IF_ERROR(ReadShares(parameters, "outcomes",
                                {{"undeliverable", &plan.outcomes.undeliverable},
                                 {"earlier_non_contact", &plan.outcomes.earlier_non_contact},
                                 {"called.non_contact", plan.outcomes.called.data()},
                                 {"called.refusal", &plan.outcomes.called[1]},
                                 {"called.ineligible", &plan.outcomes.called[2]},
                                 {"called.other", &plan.outcomes.called[3]}}));
  if (behaviour.withdrawals > 0.5 || behaviour.break_offs > 0.5) {
    return InvalidArgument("{}: [behaviour] withdrawals and break_offs must be at most 50",
                           parameters.file_name());
  }
  if (std::all_of(plan.outcomes.called.begin(), plan.outcomes.called.end(),
                  [](double w) { return w <= 0; })) {
    return InvalidArgument("{}: [outcomes] called.* are all 0; give one a weight",
                           parameters.file_name());
  }
  PP_ASSIGN_OR_RETURN(const double tests,
                      parameters.Number("behaviour", "tests", {.low = 0, .high = 1e4}));
  plan.tests = static_cast<std::size_t>(tests);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Sizes> ReadSizes(const wave::Wave& wave, const Parameters& parameters,
                                bool fit_to_wave) {
  Sizes sizes;
  PP_ASSIGN_OR_RETURN(sizes.invited,
                      parameters.Number("fieldwork", "invited", {.low = 1, .high = 1e7}));
  PP_ASSIGN_OR_RETURN(sizes.respondents, parameters.Number("fieldwork", "respondents",
                                                           {.low = 1, .high = sizes.invited}));
  const auto room = static_cast<double>(wave.max_respondents);
  if (room <= 0 || sizes.invited <= room) return sizes;
  if (!fit_to_wave) {
    return parameters.ErrorAt(
        *parameters.Find("fieldwork", "invited"),
        fmt::format("wave {} has room for {} units; invite fewer, or raise max_respondents",
                    wave.id, wave.max_respondents));
  }
  sizes.respondents *= room / sizes.invited;
  sizes.invited = room;
  return sizes;
}

absl::StatusOr<Plan> MakePlan(const Model& model, const Parameters& parameters,
                              const Sizes& sizes) {
  Plan plan(*model.wave);
  plan.invited = static_cast<std::size_t>(sizes.invited);
  plan.respondents = sizes.respondents;
  PP_ASSIGN_OR_RETURN(plan.self_channel, ReadChannel(model, parameters, "self", 0));
  PP_ASSIGN_OR_RETURN(plan.telephone_channel, ReadChannel(model, parameters, "telephone", 1));
  PP_ASSIGN_OR_RETURN(plan.self, ReadSelfCurve(parameters, plan.calendar));
  PP_ASSIGN_OR_RETURN(plan.telephone, ReadTelephoneCurve(parameters, plan.calendar));
  PP_RETURN_IF_ERROR(ReadBehaviour(parameters, plan));
  const bool can_break_off =
      std::any_of(model.wave->questions.begin(), model.wave->questions.end(),
                  [](const wave::Question& question) { return question.required; });
  if (!can_break_off) plan.behaviour.break_offs = 0;
  PP_RETURN_IF_ERROR(ReadPropensities(model, parameters, plan));
  if (model.wave->base_weights == wave::BaseWeights::kPerUnit) {
    PP_ASSIGN_OR_RETURN(plan.base_weights, parameters.Numbers("generic", "base_weights",
                                                              {.low = 0.0009765625, .high = 1e6}));
  }
  return plan;
}

}  // namespace panelpuls::sim
