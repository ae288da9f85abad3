#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"

namespace panelpuls::report {
namespace {

template <typename Row>
void FillGain(const wave::Wave& wave, const estimate::Gain& gain, Row* out) {
  out->set_n(gain.n);
  if (gain.open) out->set_open(*gain.open);
  if (wave.has_frame) out->set_expected_response(gain.expected_response);
  if (const auto x = Finite(gain.variance)) out->set_variance_gain(*x);
  if (const auto x = Finite(gain.variance_share)) out->set_variance_gain_share(*x);
  if (const auto x = Finite(gain.representativity)) out->set_representativity_gain(*x);
}

}  // namespace

std::string GuidanceToJson(const wave::Wave& wave, const estimate::Guidance& guidance) {
  v1::Guidance out;
  out.set_wave(wave.id);
  for (const estimate::Flag& flag : guidance.flags) out.add_flags(FlagText(wave, flag));
  for (const estimate::CellGain& cell : guidance.cells) {
    v1::CellGain* row = out.add_cells();
    for (const wave::Dimension& dimension : wave.dimensions) {
      v1::CategoryValueOf* category = row->add_categories();
      category->set_dimension(dimension.id);
      category->set_category(
          dimension.categories[cell.cell / dimension.cell_stride % dimension.categories.size()]
              .code);
    }
    FillGain(wave, cell.gain, row);
  }
  for (const estimate::CategoryGain& category : guidance.categories) {
    const wave::Dimension& dimension =
        wave.dimensions[static_cast<std::size_t>(category.dimension)];
    v1::CategoryGain* row = out.add_categories();
    row->set_dimension(dimension.id);
    row->set_category(dimension.categories[static_cast<std::size_t>(category.category)].code);
    FillGain(wave, category.gain, row);
  }
  std::string text;
  JsonWriter json(text);
  WriteMessage(out, json);
  return text;
}

}  // namespace panelpuls::report
