// The snapshot as text: JSON, protobuf, CSV, the publication's table. Pure: no clock, no I/O.
// Threads  any.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/response/fieldwork.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "state/counters.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::report {

snapshot::Json SnapshotToJson(const snapshot::Contents& contents);
std::string SnapshotToProtobuf(const snapshot::Contents& inputs);
// Both: an engine's renderer.
snapshot::Rendered RenderSnapshot(const snapshot::Contents& inputs);

// The figures table (docs/PROTOCOL.md): header, then one row a figure; absent numbers are empty
// fields.
struct CsvStyle {
  bool danish_excel = false;  // byte order mark, semicolons, decimal commas, CRLF
};
std::string FiguresToCsv(const snapshot::Contents& inputs, const CsvStyle& style = {});
// Every difference, and every ranked figure (columns: docs/PROTOCOL.md); without weights the header
// alone.
std::string ComparisonsToCsv(const snapshot::Contents& inputs, const CsvStyle& style = {});
std::string RankingsToCsv(const snapshot::Contents& inputs, const CsvStyle& style = {});

// The publication's table as text, in "da" or "en"; absent numbers are a dash with the reason.
struct TextOptions {
  std::string language = "da";
  std::size_t width = 100;
  bool simulated = false;  // says so in the first line
};
std::string SnapshotToText(const snapshot::Contents& inputs, const TextOptions& options = {});

// /v1/guidance, and `estimate --guidance` as text: where the next interview helps most.
std::string GuidanceToJson(const wave::Wave& wave, const estimate::Guidance& guidance);
std::string GuidanceToText(const wave::Wave& wave, const estimate::Guidance& guidance,
                           const TextOptions& options = {});

// /v1/cells, and `estimate --cells` as CSV. `cases`: [cell] units of the frame; empty without one.
struct CellsInputs {
  const wave::Wave& wave;
  const estimate::Estimates& estimates;
  std::span<const estimate::CellCases> cases = {};
};
std::string CellsToJson(const CellsInputs& inputs);
std::string CellsToProtobuf(const CellsInputs& inputs);
std::string CellsToCsv(const CellsInputs& inputs, const CsvStyle& style = {});

// /v1/history.
struct HistoryInputs {
  const wave::Wave* wave = nullptr;
  std::span<const snapshot::HistoryHour> hours;
  const state::Counters* counters = nullptr;  // days
};
std::string HistoryToJson(const HistoryInputs& inputs);

// /v1/attention: what the state knows, and what intake remembers in memory.
std::string AttentionToJson(const wave::Wave& wave, std::span<const state::AttentionEntry> state,
                            std::span<const snapshot::IntakeNote> intake);

// /v1/wave: the definition with its totals, ids, cells and classes; and the definitions that were
// in force, the present one last, with what each changed.
std::string WaveToJson(const wave::Wave& wave,
                       std::span<const wave::DefinitionVersion> definitions);

}  // namespace panelpuls::report
