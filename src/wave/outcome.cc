#include "wave/outcome.h"

#include <algorithm>
#include <tuple>

namespace panelpuls::wave {
namespace {

constexpr std::string_view kCut = "...";

// At most max_bytes of a text, no character cut in two.
std::string_view WholeCharacters(std::string_view text, std::size_t max_bytes) {
  constexpr unsigned kContinuationMask = 0xC0;
  constexpr unsigned kContinuation = 0x80;
  std::size_t size = max_bytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & kContinuationMask) == kContinuation)
    --size;
  return text.substr(0, size);
}

}  // namespace

void BatchOutcome::Add(RecordKind kind, std::uint32_t index, Result result,
                       const RecordTexts& texts) {
  RecordOutcome record{.index = index,
                       .kind = kind,
                       .result = result,
                       .field = Keep(texts.field, kMaxFieldBytes, &fields_),
                       .reason = Keep(texts.reason, kMaxReasonBytes, &reasons_),
                       .event_id = {}};
  if (texts.event_id.size() <= kMaxEventIdBytes) {
    record.event_id = Keep(texts.event_id, kMaxEventIdBytes, nullptr);
  }
  text_bytes_ += record.field.size + record.reason.size + record.event_id.size;
  results_.push_back(record);
}

RecordOutcome::Text BatchOutcome::Keep(std::string_view text, std::size_t max_bytes,
                                       Recent* recent) {
  if (text.empty()) return {};
  const bool cut = text.size() > max_bytes;
  if (cut) text = WholeCharacters(text, max_bytes - kCut.size());
  RecordOutcome::Text kept{.begin = static_cast<std::uint32_t>(texts_.size()),
                           .size = static_cast<std::uint32_t>(text.size())};
  if (cut) kept.size += static_cast<std::uint32_t>(kCut.size());
  if (recent != nullptr) {
    for (const RecordOutcome::Text& one : recent->texts) {
      const std::string_view known = Text(one);
      if (one.size == kept.size && known.starts_with(text) && (!cut || known.ends_with(kCut))) {
        return one;
      }
    }
    recent->texts[recent->next++ % recent->texts.size()] = kept;
  }
  texts_ += text;
  if (cut) texts_ += kCut;
  return kept;
}

void BatchOutcome::Sort() {
  std::sort(results_.begin(), results_.end(), [](const RecordOutcome& a, const RecordOutcome& b) {
    return std::tuple(a.kind, a.index) < std::tuple(b.kind, b.index);
  });
}

void BatchOutcome::Clear() {
  sequence = 0;
  counts.fill(0);
  results_.clear();
  texts_.clear();
  text_bytes_ = 0;
  fields_ = reasons_ = {};
}

}  // namespace panelpuls::wave
