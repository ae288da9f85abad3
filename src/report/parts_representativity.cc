#include "report/parts.h"

namespace panelpuls::report {
namespace {

void FillDimension(const wave::Dimension& dimension, const estimate::DimensionPropensity& measured,
                   v1::DimensionRepresentativity* out) {
  out->set_dimension(dimension.id);
  if (const auto cv = Finite(measured.whole.cv)) out->set_cv(*cv);
  if (const auto conditional = Finite(measured.conditional)) out->set_conditional(*conditional);
  for (std::size_t k = 0; k < measured.categories.size(); ++k) {
    const estimate::CategoryPropensity& category = measured.categories[k];
    v1::CategoryRepresentativity* row = out->add_categories();
    row->set_category(dimension.categories[k].code);
    if (const auto x = Finite(category.rate)) row->set_rate(*x);
    if (const auto x = Finite(category.unconditional)) row->set_unconditional(*x);
    if (const auto x = Finite(category.conditional)) row->set_conditional(*x);
  }
}

}  // namespace

void FillRepresentativity(const wave::Wave& wave, const estimate::Representativity& measured,
                          v1::Representativity* out) {
  if (const auto x = Finite(measured.whole.cv)) out->set_cv(*x);
  if (const auto x = Finite(measured.whole.r)) out->set_r(*x);
  if (const auto x = Finite(measured.whole.r_adjusted)) out->set_r_adjusted(*x);
  if (measured.invited > 0) out->set_response_mean(measured.whole.mean);
  for (std::size_t d = 0; d < measured.dimensions.size(); ++d) {
    FillDimension(wave.dimensions[d], measured.dimensions[d], out->add_dimensions());
  }
  out->set_reason(measured.failure);
}

}  // namespace panelpuls::report
