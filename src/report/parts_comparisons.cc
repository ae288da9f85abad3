#include "estimate/plan/wide_domains.h"
#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void FillComparison(const wave::Wave& wave, const estimate::ComparisonKey& key,
                    const estimate::ComparisonValue& value, v1::DomainComparison* out) {
  out->set_family(key.family);
  out->set_of(key.of);
  out->set_a(key.a);
  out->set_b(key.b);
  if (const auto x = Finite(value.difference)) out->set_difference(*x);
  if (const auto x = Finite(value.se)) out->set_se(*x);
  if (const auto x = Finite(value.se_interval)) out->set_se_interval(*x);
  if (const auto x = Finite(value.degrees_of_freedom)) out->set_degrees_of_freedom(*x);
  if (const auto x = Finite(value.low)) out->set_low(*x);
  if (const auto x = Finite(value.high)) out->set_high(*x);
  if (const auto x = Finite(value.p)) out->set_p(*x);
  if (const auto x = Finite(value.p_adjusted)) out->set_p_adjusted(*x);
  for (const estimate::Flag& flag : value.flags) out->add_flags(FlagText(wave, flag));
}

void FillRanking(const snapshot::Contents& inputs, const estimate::Ranking& ranking,
                 v1::Ranking* out) {
  out->set_id(ranking.id);
  for (const estimate::RankedFigure& ranked : ranking.figures) {
    const estimate::FigureValue& value = inputs.estimates->figures[ranked.figure];
    v1::RankedFigure* figure = out->add_figures();
    figure->set_of((*inputs.keys)[ranked.figure].of);
    if (const auto x = Finite(value.value)) figure->set_value(*x);
    figure->set_n(value.n);
    if (ranked.rank) figure->set_rank(*ranked.rank);
    if (ranked.rank_low) figure->set_rank_low(*ranked.rank_low);
    if (ranked.rank_high) figure->set_rank_high(*ranked.rank_high);
    if (ranked.ties) figure->set_ties(*ranked.ties);
    for (const estimate::Flag& flag : value.flags) {
      figure->add_flags(FlagText(*inputs.wave, flag));
    }
  }
}

}  // namespace

void FillComparisons(const snapshot::Contents& inputs, v1::Estimates* out) {
  const estimate::Estimates& estimates = *inputs.estimates;
  for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
    FillComparison(*inputs.wave, (*estimates.comparison_keys)[i], estimates.comparisons[i],
                   out->add_comparisons());
  }
  for (const estimate::WideDomain& wide : estimate::WideDomains(*inputs.wave)) {
    v1::NotCompared* not_compared = out->add_not_compared();
    not_compared->set_domain(wide.name);
    not_compared->set_categories(static_cast<std::uint32_t>(wide.categories));
    not_compared->set_limit(static_cast<std::uint32_t>(estimate::kMostCategories));
  }
  for (const estimate::Ranking& ranking : estimates.rankings) {
    FillRanking(inputs, ranking, out->add_rankings());
  }
}

}  // namespace panelpuls::report
