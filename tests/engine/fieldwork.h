// Made-up fieldworks for tests of the engine: corrections, withdrawals, conflicts, duplicates, test
// responses, both channels, case events. By seed, so that a failure can be repeated.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch.h"
#include "offline/survey.h"
#include "wave/response.h"
#include "wave/wave.h"

namespace panelpuls::engine::testing {

// A record as a collector sends it.
struct Sent {
  std::string id;
  std::string channel;
  std::uint32_t revision = 1;
  Micros at = 0;
  wave::Status status = wave::Status::kComplete;
  std::vector<std::pair<std::string, std::vector<std::string>>> answers;
  std::vector<std::pair<std::string, std::string>> categories;
  double base_weight = 1;
  std::string disposition;  // not empty: a case event
};

// The definition in waves/tilfredshed-2026.textproto: base weights by unit, three channels.
std::string WaveText();
// Loads a definition given as text. Aborts when it is wrong.
std::shared_ptr<const wave::Wave> LoadText(const std::string& text);
std::shared_ptr<const wave::Wave> TestWave();
// The text with a part replaced, which must be there.
std::string Replaced(std::string text, const std::string& part, const std::string& by);

// 2026-02-10 12:00 UTC: the fieldwork has begun.
inline constexpr Micros kNoon = 1'770'724'800 * kMicrosPerSecond;

// A complete response of the test wave with answers drawn by `random`.
Sent MakeResponse(const std::string& id, std::mt19937_64& random);
// About three records a unit.
std::vector<Sent> MakeFieldwork(std::uint64_t seed, int units);

// Views into the record.
wave::RawResponse RawOf(const Sent& record);
void AddTo(BatchBuilder& builder, const std::vector<Sent>& records);
wave::Result AddOffline(offline::Survey& offline, const Sent& record);

}  // namespace panelpuls::engine::testing
