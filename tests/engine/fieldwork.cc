#include "engine/fieldwork.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "testing/simulated_file_system.h"
#include "wave/definition.h"

namespace panelpuls::engine::testing {
namespace {

template <std::size_t kSize>
std::string Pick(const std::array<const char*, kSize>& from, std::mt19937_64& random) {
  return from[random() % kSize];
}

bool OneIn(int n, std::mt19937_64& random) { return random() % static_cast<unsigned>(n) == 0; }

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

Sent MakeEvent(const std::string& id, std::mt19937_64& random) {
  Sent event;
  event.id = id;
  event.channel = Pick(std::array{"web", "paper", "onboard"}, random);
  event.at = kNoon - static_cast<Micros>(random() % 1000) * kMicrosPerSecond;
  event.disposition =
      Pick(std::array{"invited", "delivered", "non_contact", "refusal", "undeliverable"}, random);
  return event;
}

}  // namespace

std::string WaveText() {
  const std::string path = std::string(PANELPULS_SOURCE_DIR) + "/waves/tilfredshed-2026.textproto";
  auto text = ReadWholeFile(PosixFileSystem(), path);
  if (!text.ok()) Die(text.status());
  return *std::move(text);
}

std::shared_ptr<const wave::Wave> LoadText(const std::string& text) {
  panelpuls::testing::SimulatedFileSystem files;
  files.PutFile("/waves/wave.textproto", text);
  auto wave = wave::LoadWave(files, "/waves/wave.textproto");
  if (!wave.ok()) Die(wave.status());
  return *std::move(wave);
}

std::shared_ptr<const wave::Wave> TestWave() {
  static const std::shared_ptr<const wave::Wave> wave = LoadText(WaveText());
  return wave;
}

std::string Replaced(std::string text, const std::string& part, const std::string& by) {
  const std::size_t place = text.find(part);
  if (place == std::string::npos) Die(absl::NotFoundError(part));
  return text.replace(place, part.size(), by);
}

Sent MakeResponse(const std::string& id, std::mt19937_64& random) {
  Sent sent;
  sent.id = id;
  sent.channel = Pick(std::array{"web", "paper", "onboard"}, random);
  sent.at = kNoon - static_cast<Micros>(random() % 86'400) * kMicrosPerSecond;
  sent.answers.push_back(
      {"satisfaction", {Pick(std::array{"1", "2", "3", "4", "5", "no_opinion"}, random)}});
  if (!OneIn(4, random)) {
    sent.answers.push_back({"again", {Pick(std::array{"yes", "no", "unsure"}, random)}});
  }
  if (!OneIn(3, random)) {
    sent.answers.push_back({"improve", {Pick(std::array{"price", "departures", "food"}, random)}});
  }
  sent.categories = {{"season", Pick(std::array{"winter", "summer"}, random)},
                     {"traveller", Pick(std::array{"local", "visitor", "freight"}, random)},
                     {"age", Pick(std::array{"under 30", "30-59", "60+"}, random)}};
  sent.base_weight = 0.5 + static_cast<double>(random() % 100'000) / 12'345;
  return sent;
}

std::vector<Sent> MakeFieldwork(std::uint64_t seed, int units) {
  std::mt19937_64 random(seed);
  std::vector<Sent> records;
  for (int unit = 0; unit < units; ++unit) {
    // Short ids and long ones take different ways to a pseudonym.
    const std::string id = OneIn(2, random) ? std::to_string(10'000'000 + unit)
                                            : "enterprise-number-" + std::to_string(unit);
    if (OneIn(3, random)) records.push_back(MakeEvent(id, random));
    if (OneIn(5, random)) continue;
    const Sent first = MakeResponse(id, random);
    records.push_back(first);
    if (OneIn(4, random)) {
      Sent correction = MakeResponse(id, random);
      correction.channel = first.channel;
      correction.revision = 2;
      if (OneIn(3, random)) correction.status = wave::Status::kWithdrawn;
      if (OneIn(3, random)) correction.status = wave::Status::kPartial;
      records.push_back(correction);
    }
    if (OneIn(6, random)) {
      Sent conflict = MakeResponse(id, random);
      conflict.channel = first.channel;
      conflict.at = first.at;
      records.push_back(conflict);
    }
    if (OneIn(5, random)) records.push_back(MakeResponse(id, random));  // perhaps another channel
    if (OneIn(5, random)) records.push_back(first);
    if (OneIn(9, random)) {
      Sent early = MakeResponse(id, random);
      early.at = kNoon + 3 * kMicrosPerHour;  // cannot be believed at noon
      early.revision = 1 + static_cast<std::uint32_t>(random() % 3);
      records.push_back(early);
    }
    if (OneIn(12, random)) {
      Sent trial = MakeResponse(id, random);
      trial.status = wave::Status::kTest;
      records.push_back(trial);
    }
  }
  return records;
}

wave::RawResponse RawOf(const Sent& record) {
  wave::RawResponse raw;
  raw.respondent_id = record.id;
  raw.channel = record.channel;
  raw.revision = record.revision;
  raw.collected_at = record.at;
  raw.status = record.status;
  for (const auto& [question, options] : record.answers) {
    raw.answers.push_back({.question = question,
                           .first_option = static_cast<std::uint32_t>(raw.options.size()),
                           .option_count = static_cast<std::uint32_t>(options.size())});
    for (const std::string& option : options) raw.options.push_back(option);
  }
  for (const auto& [dimension, category] : record.categories) {
    raw.categories.push_back({.dimension = dimension, .category = category});
  }
  raw.base_weight = record.base_weight;
  return raw;
}

namespace {

wave::RawCaseEvent ToRawEvent(const Sent& record) {
  return {.unit_id = record.id,
          .channel = record.channel,
          .at = record.at,
          .disposition = record.disposition,
          .event_id = {}};
}

}  // namespace

void AddTo(BatchBuilder& builder, const std::vector<Sent>& records) {
  std::uint32_t responses = 0;
  std::uint32_t events = 0;
  for (const Sent& record : records) {
    if (record.disposition.empty()) {
      builder.AddResponse(responses++, RawOf(record));
    } else {
      builder.AddCaseEvent(events++, ToRawEvent(record));
    }
  }
}

wave::Result AddOffline(offline::Survey& offline, const Sent& record) {
  wave::Rejection rejection;
  return record.disposition.empty() ? offline.Add(RawOf(record), &rejection)
                                    : offline.Add(ToRawEvent(record), &rejection);
}

}  // namespace panelpuls::engine::testing
