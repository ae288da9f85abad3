#include "cli/repeat.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/output.h"
#include "cli/progress.h"
#include "offline/survey.h"
#include "snapshot/contents.h"

namespace panelpuls::cli {
namespace {

struct Spread {
  const sim::TruthFigure* truth = nullptr;
  std::vector<double> estimates;
};

std::vector<Spread> FiguresOf(const sim::Population& population) {
  std::vector<Spread> spreads;
  for (const sim::TruthFigure& truth : population.truth()) {
    const bool is_mean = truth.statistic == "mean";
    const bool is_published = std::any_of(
        population.published().begin(), population.published().end(), [&](const auto& figure) {
          return figure.statistic == truth.statistic && figure.of == truth.of &&
                 figure.domain == truth.domain;
        });
    if (is_mean || is_published) spreads.push_back({.truth = &truth, .estimates = {}});
  }
  return spreads;
}

absl::Status AddFieldwork(const sim::Fieldwork& fieldwork, std::vector<Spread>& spreads) {
  const auto& wave = fieldwork.population().wave();
  const std::vector<wave::FrameUnit> no_frame;
  PP_ASSIGN_OR_RETURN(
      const auto offline,
      offline::Survey::Create(wave, {.frame = wave->has_frame ? fieldwork.frame() : no_frame}));
  for (const sim::Message& message : fieldwork.messages()) {
    wave::Rejection rejection;
    if (offline->Add(message.response, &rejection) == wave::Result::kRejected) {
      return Internal("a simulated response was rejected: {}: {}", rejection.field,
                      rejection.reason);
    }
  }
  const snapshot::Contents inputs = offline->Estimate();
  for (Spread& spread : spreads) {
    for (std::size_t i = 0; i < inputs.keys->size(); ++i) {
      const estimate::FigureKey& key = (*inputs.keys)[i];
      const sim::TruthFigure& truth = *spread.truth;
      if (key.statistic != truth.statistic || key.of != truth.of || key.domain != truth.domain)
        continue;
      if (!key.against.empty()) continue;
      if (const auto& value = inputs.estimates->figures[i].value)
        spread.estimates.push_back(*value);
      break;
    }
  }
  return absl::OkStatus();
}

SimulationError Summarise(const Spread& spread) {
  const auto count = static_cast<double>(spread.estimates.size());
  double sum = 0;
  for (const double estimate : spread.estimates) sum += estimate;
  const double mean = sum / count;
  double squares = 0;
  for (const double estimate : spread.estimates) squares += (estimate - mean) * (estimate - mean);
  return {.statistic = spread.truth->statistic,
          .of = spread.truth->of,
          .domain = spread.truth->domain,
          .fieldworks = spread.estimates.size(),
          .truth = spread.truth->value,
          .mean = mean,
          .sd = std::sqrt(squares / (count - 1))};
}

}  // namespace

absl::StatusOr<SimulationErrors> Repeat(const std::shared_ptr<const sim::Population>& population,
                                        const RepeatOptions& options) {
  std::vector<Spread> spreads = FiguresOf(*population);
  Progress progress("fieldworks:", options.fieldworks);
  for (std::uint64_t i = 0; i < options.fieldworks; ++i) {
    const auto fieldwork =
        sim::Fieldwork::Make(population, {.seed = options.first_seed + i, .case_events = false});
    PP_RETURN_IF_ERROR(AddFieldwork(*fieldwork, spreads));
    progress.Update(i + 1);
  }
  SimulationErrors errors;
  for (const Spread& spread : spreads) {
    if (spread.estimates.size() < options.fieldworks) continue;
    const SimulationError error = Summarise(spread);
    if (error.sd > 0) errors.figures.push_back(error);
  }
  return errors;
}

}  // namespace panelpuls::cli
