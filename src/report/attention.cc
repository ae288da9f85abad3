#include <array>

#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

void SetTimes(const wave::Wave& wave, Micros first, Micros last, v1::AttentionItem* out) {
  if (first != kNoTime) out->set_first(wave.time_zone.Format(first));
  if (last != kNoTime) out->set_last(wave.time_zone.Format(last));
}

std::string DescribeMark(const wave::Wave& wave, Micros claimed) {
  if (claimed == kNoTime) return "collected_at is before the fieldwork or later than its receipt";
  return fmt::format(
      "collected_at {} is {}", wave.time_zone.Format(claimed),
      claimed < wave.fieldwork_start_time ? "before the fieldwork" : "later than its receipt");
}

void FillItem(const wave::Wave& wave, const state::AttentionEntry& entry, v1::AttentionItem* out) {
  const bool conflict = entry.kind == state::AttentionEntry::kConflict;
  out->set_kind(conflict ? "conflict" : "marked");
  out->set_pseudonym(fmt::format("{:016x}{:016x}", entry.pseudonym_high, entry.pseudonym_low));
  out->set_channel(wave.channels[entry.channel].code);
  out->set_revision(entry.revision);
  out->set_reason(conflict ? "same revision and time, other content; send a higher revision"
                           : DescribeMark(wave, entry.claimed));
  out->set_count(entry.count);
  SetTimes(wave, entry.first, entry.last, out);
}

void FillItem(const wave::Wave& wave, const snapshot::IntakeNote& entry, v1::AttentionItem* out) {
  constexpr std::array kKinds = {"rejected", "ignored_question", "ignored_field"};
  out->set_kind(kKinds[entry.kind]);
  out->set_pseudonym(entry.pseudonym);
  out->set_channel(entry.channel);
  out->set_revision(entry.revision);
  out->set_reason(entry.reason);
  out->set_count(entry.count);
  SetTimes(wave, entry.first, entry.last, out);
}

}  // namespace

std::string AttentionToJson(const wave::Wave& wave, std::span<const state::AttentionEntry> state,
                            std::span<const snapshot::IntakeNote> intake) {
  v1::Attention attention;
  attention.set_wave(wave.id);
  for (const state::AttentionEntry& entry : state) FillItem(wave, entry, attention.add_items());
  for (const snapshot::IntakeNote& entry : intake) FillItem(wave, entry, attention.add_items());
  std::string text;
  JsonWriter json(text);
  WriteMessage(attention, json);
  return text;
}

}  // namespace panelpuls::report
