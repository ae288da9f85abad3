#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void FillChannel(const wave::Wave& wave, const wave::Channel& channel,
                 const state::ChannelCounters& counters, v1::ChannelCollection* out) {
  out->set_channel(channel.code);
  out->set_respondents(counters.respondents);
  if (channel.target) out->set_target(*channel.target);
  out->set_accepted(counters.accepted);
  out->set_corrections(counters.corrections);
  out->set_withdrawals(counters.withdrawals);
  out->set_conflicts(counters.conflicts);
  out->set_tests(counters.tests);
  out->set_marked(counters.marked);
  out->set_case_events(counters.case_events);
  if (counters.last_receipt != kNoTime) {
    out->set_last_receipt(wave.time_zone.Format(counters.last_receipt));
  }
}

// [dimension][category], from one walk over the cells.
struct CategoryCounts {
  std::vector<std::vector<std::uint64_t>> respondents;
  std::vector<std::vector<Dispositions>> frame;  // units by disposition
};

std::uint64_t Sum(std::span<const std::uint32_t> counts) {
  std::uint64_t sum = 0;
  for (const std::uint32_t count : counts) sum += count;
  return sum;
}

CategoryCounts CountCategories(const wave::Wave& wave, const state::Cube& cube) {
  CategoryCounts counts;
  for (const wave::Dimension& dimension : wave.dimensions) {
    counts.respondents.emplace_back(dimension.categories.size());
    counts.frame.emplace_back(dimension.categories.size());
  }
  const state::CubeShape& shape = cube.shape();
  const wave::Table& table = wave.tables.front();
  const std::size_t entries = std::size_t{table.rows} * table.columns;
  for (std::uint64_t cell = 0; cell < shape.cells; ++cell) {
    if (!cube.Holds(cell)) continue;
    const std::span<const std::uint32_t> block = cube.Block(cell);
    const std::uint64_t respondents = Sum(block.subspan(table.offset, entries));
    const auto frame = shape.has_frame
                           ? block.subspan(shape.disposition_offset, wave::kDispositionCount)
                           : std::span<const std::uint32_t>();
    if (respondents == 0 && Sum(frame) == 0) continue;
    for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
      const wave::Dimension& dimension = wave.dimensions[d];
      const std::size_t category = cell / dimension.cell_stride % dimension.categories.size();
      counts.respondents[d][category] += respondents;
      for (std::size_t i = 0; i < frame.size(); ++i) counts.frame[d][category][i] += frame[i];
    }
  }
  return counts;
}

void FillCategories(const wave::Wave& wave, const state::Cube& cube, v1::Collection* out) {
  const CategoryCounts counts = CountCategories(wave, cube);
  for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
    const wave::Dimension& dimension = wave.dimensions[d];
    for (std::size_t k = 0; k < dimension.categories.size(); ++k) {
      const wave::Category& category = dimension.categories[k];
      v1::CategoryCollection* row = out->add_categories();
      row->set_dimension(dimension.id);
      row->set_category(category.code);
      row->set_respondents(counts.respondents[d][k]);
      if (category.has_population) row->set_population(category.population);
      if (category.target) row->set_target(*category.target);
      if (!cube.shape().has_frame) continue;
      const Dispositions& frame = counts.frame[d][k];
      double invited = 0;
      for (const double units : frame) invited += units;
      row->set_invited(static_cast<std::uint64_t>(invited));
      std::optional<double> share;
      if (out->has_eligible_share()) share = out->eligible_share();
      FillRates(frame, share, row->mutable_response());
    }
  }
}

// Best first; units that nothing is known of stand last, so that the counts add up to the units.
void FillDispositions(const wave::Wave& wave, const state::Counters& counters,
                      v1::Collection* out) {
  std::vector<wave::Disposition> order = wave.precedence;
  for (int i = 1; i <= wave::kDispositionCount; ++i) {
    const auto next = static_cast<wave::Disposition>(i % wave::kDispositionCount);
    if (std::find(order.begin(), order.end(), next) == order.end()) order.push_back(next);
  }
  for (const wave::Disposition disposition : order) {
    v1::DispositionCount* row = out->add_dispositions();
    row->set_disposition(std::string(wave::DispositionCode(disposition)));
    row->set_units(counters.dispositions[static_cast<std::size_t>(disposition)]);
  }
}

void FillDefinition(const snapshot::Contents& inputs, v1::Collection* out) {
  const wave::Wave& wave = *inputs.wave;
  out->set_definition_id(fmt::format("{:016x}", wave.definition_id));
  if (inputs.definitions == nullptr || inputs.definitions->empty()) return;
  out->set_definitions(inputs.definitions->size());
  if (const auto since = SinceText(wave, inputs.definitions->back().since)) {
    out->set_definition_since(*since);
  }
  if (wave.reporting.sequence_planned_n == 0) return;
  if (const auto since = SinceText(wave, wave::SequenceSince(*inputs.definitions))) {
    out->set_sequence_since(*since);
  }
}

}  // namespace

std::optional<std::string> SinceText(const wave::Wave& wave, Micros since) {
  if (since == kNoTime || since == 0) return std::nullopt;
  return wave.time_zone.Format(since);
}

void FillCollection(const snapshot::Contents& inputs, v1::Collection* out) {
  const wave::Wave& wave = *inputs.wave;
  const state::Counters& counters = *inputs.counters;
  out->set_version(inputs.version);
  out->set_respondents(counters.respondents);
  out->set_units(counters.units);
  if (wave.has_frame) out->set_frame_units(counters.frame_units);
  out->set_partial(counters.partial);
  out->set_break_offs(counters.break_offs);
  out->set_withdrawn(counters.withdrawn);
  if (wave.planned_respondents > 0) out->set_planned_respondents(wave.planned_respondents);
  for (std::size_t i = 0; i < wave.channels.size(); ++i) {
    FillChannel(wave, wave.channels[i], counters.channels[i], out->add_channels());
  }
  FillResponse(inputs, out);
  FillCategories(wave, *inputs.cube, out);
  FillDispositions(wave, counters, out);
  FillCorrectionEffect(inputs, out);
  FillBiasToMatch(inputs, out);
  if (wave.has_frame && inputs.fieldwork != nullptr) {
    FillRepresentativity(wave, inputs.fieldwork->representativity, out->mutable_representativity());
  }
  FillDefinition(inputs, out);
  out->set_conflicts_open(counters.conflicts_open);
  out->set_category_differences(counters.category_differences);
  out->set_conflicts_untracked(counters.conflicts_untracked);
  if (counters.last_receipt != kNoTime) {
    out->set_last_receipt(wave.time_zone.Format(counters.last_receipt));
  }
}

}  // namespace panelpuls::report
