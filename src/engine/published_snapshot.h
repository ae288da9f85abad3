// What an engine publishes.
// Threads  immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "estimate/figures/estimates.h"
#include "estimate/response/fieldwork.h"
#include "journal/journal.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "state/state.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::engine {

// Rendered once a version and minute.
struct PublishedSnapshot {
  std::shared_ptr<const wave::Wave> wave;
  std::uint64_t version = 0;
  std::vector<journal::Position> positions;  // [partition] whose sum the version is; all durable
  std::string etag_stem;  // directory id, build, definition id, version, minute; no quotes
  snapshot::Rendered rendered;
  // For what is rendered on request (cells, CSV, history, attention).
  const std::vector<estimate::FigureKey>* keys = nullptr;  // lives as long as the engine
  std::shared_ptr<const estimate::Estimates> estimates;
  std::shared_ptr<const estimate::Fieldwork> fieldwork;
  std::shared_ptr<const std::vector<snapshot::HistoryHour>> hours;
  std::shared_ptr<const std::vector<state::AttentionEntry>> attention;
  state::Counters counters;
  snapshot::ClockPart clock;
  const std::vector<wave::DefinitionVersion>* definitions = nullptr;  // lives as long as the engine
};
using SnapshotPointer = std::shared_ptr<const PublishedSnapshot>;

}  // namespace panelpuls::engine
