// The canonical form of a definition: what is absent stands there as what it means.
#include <algorithm>
#include <limits>
#include <string>

#include "wave/definition_items.h"
#include "wave/definition_source.h"
#include "wave/wave.h"

namespace panelpuls::wave {
namespace {

void FillQuestions(v1::WaveDefinition& definition) {
  for (v1::Question& question : *definition.mutable_questions()) {
    if (question.kind() != v1::Question::MULTIPLE) {
      question.clear_max_choices();
    } else if (question.max_choices() == 0) {
      question.set_max_choices(static_cast<std::uint32_t>(question.options_size()));
    }
  }
}

void FillWeighting(v1::WaveDefinition& definition) {
  v1::Weighting& weighting = *definition.mutable_weighting();
  if (definition.dimensions_size() == 0) weighting.set_method(v1::Weighting::NONE);
  if (weighting.method() != v1::Weighting::NONE && weighting.dimensions_size() == 0) {
    for (const v1::Dimension& dimension : definition.dimensions()) {
      if (HasTotals(dimension)) weighting.add_dimensions(dimension.id());
    }
  }
  if (weighting.collapse_below() == 0) weighting.set_collapse_below(1);
  constexpr double kRidge = 0.01;
  if (weighting.fallback() == v1::Weighting::RIDGE && weighting.ridge() == 0) {
    weighting.set_ridge(kRidge);
  }
}

void FillReporting(v1::Reporting& reporting) {
  const Reporting defaults;
  if (reporting.confidence_level() == 0) reporting.set_confidence_level(defaults.confidence_level);
  if (reporting.minimum_n() == 0) reporting.set_minimum_n(defaults.minimum_n);
  if (reporting.flag_below_n() == 0) reporting.set_flag_below_n(defaults.flag_below_n);
  if (reporting.minimum_n_effective() == 0) {
    reporting.set_minimum_n_effective(defaults.minimum_n_effective);
  }
  if (reporting.minimum_known_eligibility() == 0) {
    reporting.set_minimum_known_eligibility(defaults.minimum_known_eligibility);
  }
}

// The default order, best first; what the definition leaves out follows behind in it.
void FillPrecedence(v1::WaveDefinition& definition) {
  std::string present;
  for (std::string& code : *definition.mutable_disposition_precedence()) {
    code = std::string(DispositionCode(ParseDisposition(code)));
  }
  constexpr Disposition kDefault[] = {
      Disposition::kComplete,      Disposition::kPartial,   Disposition::kIneligible,
      Disposition::kRefusal,       Disposition::kOther,     Disposition::kNonContact,
      Disposition::kUndeliverable, Disposition::kDelivered, Disposition::kInvited};
  for (const Disposition disposition : kDefault) {
    const std::string code(DispositionCode(disposition));
    const auto& listed = definition.disposition_precedence();
    if (std::find(listed.begin(), listed.end(), code) == listed.end()) {
      definition.add_disposition_precedence(code);
    }
  }
}

}  // namespace

void FillMarginsFromJoint(v1::WaveDefinition& definition) {
  if (definition.weighting().method() != v1::Weighting::POSTSTRATIFY) return;
  const int cells = definition.joint_population_size();
  int stride = cells;
  std::vector<std::string> ids(definition.weighting().dimensions().begin(),
                               definition.weighting().dimensions().end());
  if (ids.empty()) {
    for (const v1::Dimension& dimension : definition.dimensions()) ids.push_back(dimension.id());
  }
  for (const std::string& id : ids) {
    const int d = IndexOfId(definition.dimensions(), id);
    if (d < 0 || cells == 0) return;
    v1::Dimension& dimension = *definition.mutable_dimensions(d);
    const int count = dimension.categories_size();
    if (count == 0 || stride % count != 0) return;
    stride /= count;
    if (HasTotals(dimension)) continue;
    for (int c = 0; c < count; ++c) {
      double sum = 0;
      for (int i = 0; i < cells; ++i) {
        if (i / stride % count == c) sum += definition.joint_population(i);
      }
      dimension.mutable_categories(c)->set_population(sum);
    }
  }
}

void FillDefaults(v1::WaveDefinition& definition) {
  if (definition.time_zone().empty()) definition.set_time_zone("UTC");
  if (definition.languages_size() == 0) {
    definition.add_languages("da");
    definition.add_languages("en");
  }
  constexpr std::uint32_t kClockToleranceMinutes = 10;
  if (definition.clock_tolerance_minutes() == 0) {
    definition.set_clock_tolerance_minutes(kClockToleranceMinutes);
  }
  if (definition.planned_respondents() == 0) {
    std::uint64_t planned = 0;
    for (const v1::Channel& channel : definition.channels()) planned += channel.target();
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    definition.set_planned_respondents(static_cast<std::uint32_t>(std::min(planned, kMost)));
  }
  FillQuestions(definition);
  FillWeighting(definition);
  FillReporting(*definition.mutable_reporting());
  FillPrecedence(definition);
  definition.mutable_design();
  // Totals are inlined: which file they came from, and how it was written, changes no estimate.
  if (definition.has_population()) {
    const std::string provenance = definition.population().provenance();
    definition.clear_population();
    if (!provenance.empty()) definition.mutable_population()->set_provenance(provenance);
  }
}

}  // namespace panelpuls::wave
