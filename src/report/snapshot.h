// The snapshot as text: JSON, protobuf, CSV, the publication's table. Pure: no clock, no I/O.
// Threads  any.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "estimate/estimates.h"
#include "estimate/fieldwork.h"
#include "state/counters.h"
#include "state/cube.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::report {

// Counts since the process started; not equal after replay, so part of `clock` alone.
struct ProcessCounters {
  std::uint64_t received = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t superseded = 0;
  std::uint64_t rejected = 0;
  std::uint64_t register_full = 0;
  std::uint64_t ignored_questions = 0;
  std::uint64_t ignored_fields = 0;  // of JSON, that the schema has not
  std::uint64_t conflicts_untracked = 0;
};

struct ClockPart {
  Micros now = 0;  // cut to the minute when shown
  bool simulated = false;
  Micros last_sign_of_life = kNoTime;
  ProcessCounters process;
};

// Everything a snapshot shows. Views outlive the call.
struct SnapshotInputs {
  const wave::Wave* wave = nullptr;
  const std::vector<estimate::FigureKey>* keys = nullptr;
  const estimate::Estimates* estimates = nullptr;
  const state::Counters* counters = nullptr;
  const state::Cube* cube = nullptr;  // merged; for respondents and invited by category
  std::uint64_t version = 0;
  ClockPart clock;
  const estimate::Fieldwork* fieldwork = nullptr;  // of the cube; null: not measured
  // That were in force, the present one last; null: no journal says since when.
  const std::vector<wave::DefinitionVersion>* definitions = nullptr;
};

// One piece of JSON a part, so that equality of parts is equality of bytes.
struct SnapshotJson {
  std::string whole;  // {"estimates":...,"collection":...,"clock":...}
  // Views into `whole`.
  std::string_view estimates() const { return std::string_view(whole).substr(parts[0], parts[1]); }
  std::string_view collection() const { return std::string_view(whole).substr(parts[2], parts[3]); }
  std::string_view clock() const { return std::string_view(whole).substr(parts[4], parts[5]); }
  std::array<std::size_t, 6> parts{};  // begin and length of each
};
SnapshotJson SnapshotToJson(const SnapshotInputs& inputs);
std::string SnapshotToProtobuf(const SnapshotInputs& inputs);

// The figures table (FORMATS F7): header, then one row a figure; absent numbers are empty fields.
struct CsvStyle {
  bool danish_excel = false;  // byte order mark, semicolons, decimal commas, CRLF
};
std::string FiguresToCsv(const SnapshotInputs& inputs, const CsvStyle& style = {});
// Every difference, and every ranked figure (columns: docs/PROTOCOL.md); without weights the header
// alone.
std::string ComparisonsToCsv(const SnapshotInputs& inputs, const CsvStyle& style = {});
std::string RankingsToCsv(const SnapshotInputs& inputs, const CsvStyle& style = {});

// The publication's table as text, in "da" or "en"; absent numbers are a dash with the reason.
struct TextOptions {
  std::string language = "da";
  std::size_t width = 100;
  bool simulated = false;  // says so in the first line
};
std::string SnapshotToText(const SnapshotInputs& inputs, const TextOptions& options = {});

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
struct HistoryHour {
  Micros hour = 0;  // first instant of the local hour of receipt
  estimate::FigureValue indicator = {};
  std::uint64_t respondents = 0;
};
struct HistoryInputs {
  const wave::Wave* wave = nullptr;
  std::span<const HistoryHour> hours;
  const state::Counters* counters = nullptr;  // days
};
std::string HistoryToJson(const HistoryInputs& inputs);

// /v1/attention: what the state knows, and what intake remembers in memory.
struct IntakeAttention {
  enum Kind : std::uint8_t { kRejected, kIgnoredQuestion, kIgnoredField } kind = kRejected;
  std::string pseudonym = {};  // hex; empty when there is none
  std::string channel = {};
  std::uint32_t revision = 0;
  std::string reason = {};
  std::uint64_t count = 0;
  Micros first = 0;
  Micros last = 0;
};
std::string AttentionToJson(const wave::Wave& wave, std::span<const state::AttentionEntry> state,
                            std::span<const IntakeAttention> intake);

// /v1/wave: the definition with its totals, ids, cells and classes; and the definitions that were
// in force, the present one last, with what each changed.
std::string WaveToJson(const wave::Wave& wave,
                       std::span<const wave::DefinitionVersion> definitions);

}  // namespace panelpuls::report
