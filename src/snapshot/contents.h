// What a snapshot consists of, whoever shows it and however: figures, counts, clock, history, and
// what needs attention.
// Threads  plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "estimate/figures/estimates.h"
#include "estimate/response/fieldwork.h"
#include "state/counters.h"
#include "state/cube.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::snapshot {

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
struct Contents {
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

// The indicator at the end of an hour of receipt.
struct HistoryHour {
  Micros hour = 0;  // first instant of the local hour of receipt
  estimate::FigureValue indicator = {};
  std::uint64_t respondents = 0;
};

// What intake saw and no journal keeps.
struct IntakeNote {
  enum Kind : std::uint8_t { kRejected, kIgnoredQuestion, kIgnoredField } kind = kRejected;
  std::string pseudonym = {};  // hex; empty when there is none
  std::string channel = {};
  std::uint32_t revision = 0;
  std::string reason = {};
  std::uint64_t count = 0;
  Micros first = 0;
  Micros last = 0;
};

}  // namespace panelpuls::snapshot
