#include "estimate/response/fieldwork.h"

#include <optional>

namespace panelpuls::estimate {
namespace {

using wave::Disposition;

// Dispositions that no response gives.
constexpr Disposition kOfEvents[] = {Disposition::kInvited,       Disposition::kDelivered,
                                     Disposition::kUndeliverable, Disposition::kNonContact,
                                     Disposition::kIneligible,    Disposition::kOther};

}  // namespace

std::vector<CellResponse> ResponsesOf(const std::vector<CellCases>& cells) {
  std::vector<CellResponse> responses;
  for (std::uint64_t cell = 0; cell < cells.size(); ++cell) {
    if (cells[cell].invited == 0) continue;
    responses.push_back({.cell = cell,
                         .invited = static_cast<double>(cells[cell].invited),
                         .responded = static_cast<double>(cells[cell].responded)});
  }
  return responses;
}

std::vector<CellCases> CountCells(const wave::Wave& wave, const state::Cube& cube) {
  if (!wave.has_frame) return {};
  std::vector<CellCases> cells(wave.cells);
  bool has_events = false;
  const auto units_of = [&](std::uint64_t cell) {
    const auto block =
        cube.Block(cell).subspan(cube.shape().disposition_offset, wave::kDispositionCount);
    return [block](Disposition disposition) -> std::uint64_t {
      return block[static_cast<std::size_t>(disposition)];
    };
  };
  for (std::uint64_t cell = 0; cell < wave.cells; ++cell) {
    const auto units = units_of(cell);
    CellCases& cases = cells[cell];
    for (int i = 0; i < wave::kDispositionCount; ++i) {
      cases.invited += units(static_cast<Disposition>(i));
    }
    cases.responded = units(Disposition::kComplete) + units(Disposition::kPartial);
    cases.open = units(Disposition::kNone) + units(Disposition::kInvited) +
                 units(Disposition::kDelivered) + units(Disposition::kUndeliverable) +
                 units(Disposition::kNonContact);
    cases.tried = cases.invited - units(Disposition::kNone) - units(Disposition::kIneligible);
    for (const Disposition disposition : kOfEvents) has_events |= units(disposition) > 0;
  }
  if (has_events) return cells;
  // Without a word of who was called, everybody was asked.
  for (CellCases& cases : cells) cases.tried = cases.invited;
  return cells;
}

Fieldwork MeasureFieldwork(const wave::Wave& wave, const state::Cube& cube,
                           const Estimates& estimates) {
  Fieldwork fieldwork;
  fieldwork.cells = CountCells(wave, cube);
  std::vector<std::optional<double>> falls;
  if (wave.has_frame) {
    const std::vector<CellResponse> responses = ResponsesOf(fieldwork.cells);
    fieldwork.representativity = MeasureRepresentativity(wave, responses);
    const CvSlopes& slopes = fieldwork.representativity.slopes;
    falls.resize(wave.cells);
    for (std::size_t i = 0; i < slopes.falls.size(); ++i) {
      falls[responses[i].cell] = slopes.falls[i];
    }
  }
  fieldwork.guidance = RankInterviews({.wave = wave,
                                       .cube = cube,
                                       .estimates = estimates,
                                       .cases = fieldwork.cells,
                                       .falls = falls});
  return fieldwork;
}

}  // namespace panelpuls::estimate
