#include "peers/word.h"

#include <algorithm>
#include <cstring>

#include "wave/record.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kVersionSize = 13;
constexpr std::size_t kSlotSize = 4;
constexpr int kCounts = 2;  // least rank of a respondent

template <typename Integer>
void StoreBig(Integer value, char* to) {
  for (std::size_t place = 0; place < sizeof value; ++place) {
    to[place] = static_cast<char>(value >> (8 * (sizeof value - 1 - place)));
  }
}

}  // namespace

Slots::Slots(const wave::Wave& wave) : cells_(wave.cells) {
  if (wave.indicator) {
    for (const wave::IndicatorGroup& group : wave.indicator->groups) scores_.push_back(group.score);
  }
  scores_.push_back(0);
}

std::int32_t SlotOf(std::string_view value) {
  std::uint32_t slot = 0;
  for (const char byte : value.substr(value.size() - kSlotSize)) {
    slot = slot << 8 | static_cast<std::uint8_t>(byte);
  }
  return static_cast<std::int32_t>(slot);
}

WordReader::WordReader(const wave::Wave& wave, Micros receipt_time)
    : wave_(wave),
      receipt_time_(receipt_time),
      slots_(wave),
      value_size_(kVersionSize + wave.layout.content_size + kSlotSize) {}

std::span<const Word> WordReader::Read(Batches batches) {
  std::size_t responses = 0;
  for (const engine::Batch* batch : batches) responses += batch->response_count;
  words_.clear();
  values_.resize(responses * value_size_);
  char* values = values_.data();
  for (const engine::Batch* batch : batches) {
    ReadBatch(*batch, values);
    values += batch->response_count * value_size_;
  }
  std::sort(words_.begin(), words_.end(),
            [](const Word& a, const Word& b) { return a.key_view() < b.key_view(); });
  return words_;
}

void WordReader::ReadBatch(const engine::Batch& batch, char* values) {
  const std::size_t content_size = wave_.layout.content_size;
  for (std::uint32_t place = 0; place < batch.response_count; ++place) {
    const std::byte* const record = batch.responses.data() + place * wave_.layout.size;
    if (wave::LoadField(record, wave_.layout.status) ==
        static_cast<std::uint64_t>(wave::Status::kTest)) {
      continue;
    }
    const wave::ResponseHeader header = wave::LoadResponseHeader(record);
    Word& word = words_.emplace_back();
    StoreBig(header.pseudonym_high, word.key.data());
    StoreBig(header.pseudonym_low, word.key.data() + 8);
    word.key[16] = static_cast<char>(header.channel);
    word.rank = wave::RankOf(wave_, record);
    if (word.rank >= kCounts) {
      word.slot = static_cast<std::int32_t>(wave::CellOf(wave_, record) * slots_.groups() +
                                            wave::IndicatorClasses(wave_, record).group);
    }
    char* const value = values + place * value_size_;
    StoreBig(header.revision, value);
    value[4] = wave::IsMarked(wave_, header.collected_at, receipt_time_) ? 0 : 1;
    StoreBig(static_cast<std::uint64_t>(header.collected_at) ^ std::uint64_t{1} << 63, value + 5);
    std::memcpy(value + kVersionSize, record + wave_.layout.content_offset, content_size);
    StoreBig(static_cast<std::uint32_t>(word.slot), value + kVersionSize + content_size);
    word.value = {value, value_size_};
  }
}

// FNV-1a.
std::uint64_t WordPrint(std::string_view key, std::string_view value) {
  std::uint64_t print = 0xcbf29ce484222325;
  for (const std::string_view bytes : {key, value}) {
    for (const char byte : bytes) print = (print ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
  }
  return print;
}

void SumChanges::Add(std::int32_t slot, std::int64_t sign) {
  if (slot == kNoSlot) return;
  const auto place = static_cast<std::size_t>(slot);
  if (!is_touched_[place]) {
    is_touched_[place] = true;
    touched_.push_back(slot);
  }
  changes_[place].count += sign;
  changes_[place].score += static_cast<double>(sign) * slots_.ScoreOf(slot);
}

void SumChanges::Clear() {
  for (const std::int32_t slot : touched_) {
    changes_[static_cast<std::size_t>(slot)] = {};
    is_touched_[static_cast<std::size_t>(slot)] = false;
  }
  touched_.clear();
}

}  // namespace panelpuls::bench
