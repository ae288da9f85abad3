#include "state/state.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <tuple>

#include "state/state_impl.h"

namespace panelpuls::state {
namespace {

// Units of one partition. A split by pseudonym is even but for chance, for which eight standard
// deviations are allowed.
std::uint64_t CapacityFor(const wave::Wave& wave, const StateOptions& options) {
  const std::uint64_t all =
      wave.has_frame && options.frame_units > 0 ? options.frame_units : wave.max_respondents;
  if (options.partitions <= 1) return all;
  const double mean = static_cast<double>(all) / options.partitions;
  return std::min(all, static_cast<std::uint64_t>(std::ceil(mean + 8 * std::sqrt(mean))));
}

// Responses ahead of the one applied at which a slot of the index is loaded, and the place in the
// register that the slot tells.
constexpr std::uint32_t kSlotAhead = 16;
constexpr std::uint32_t kUnitAhead = 8;

bool NewerLast(const AttentionEntry& a, const AttentionEntry& b) {
  return std::tuple(a.last, a.pseudonym_high, a.pseudonym_low, a.channel, a.revision) <
         std::tuple(b.last, b.pseudonym_high, b.pseudonym_low, b.channel, b.revision);
}

void KeepNewest(std::size_t limit, std::vector<AttentionEntry>* entries) {
  std::sort(entries->begin(), entries->end(), NewerLast);
  if (entries->size() > limit) {
    entries->erase(
        entries->begin(),
        entries->end() - static_cast<std::vector<AttentionEntry>::difference_type>(limit));
  }
}

}  // namespace

State::Impl::Impl(std::shared_ptr<const wave::Wave> the_wave, const StateOptions& the_options)
    : wave(std::move(the_wave)),
      options(the_options),
      cube(*wave, CapacityFor(*wave, options)),
      counters(*wave),
      touched(wave->cells),
      days(*wave),
      contributor(*wave),
      day_count(DayRange(*wave).count),
      group_count(Counters::GroupCount(*wave)),
      category_bytes(CategoryBytes(*wave)) {
  contribution.entries.reserve(1);
}

const std::byte* State::Impl::ResponseAt(std::span<const std::byte> records,
                                         std::uint32_t place) const {
  const std::size_t size = wave->layout.size;
  if ((place + 1) * size > records.size()) return nullptr;
  const std::byte* const record = records.data() + place * size;
  return static_cast<wave::RecordType>(record[0]) == wave::RecordType::kResponse ? record : nullptr;
}
void State::Impl::LoadSlot(std::span<const std::byte> records, std::uint32_t place) const {
  const std::byte* const record = ResponseAt(records, place);
  if (record != nullptr) units.PrefetchSlot(wave::LoadPseudonymLow(record));
}
void State::Impl::LoadUnit(std::span<const std::byte> records, std::uint32_t place) const {
  const std::byte* const record = ResponseAt(records, place);
  if (record != nullptr) units.PrefetchUnit(wave::LoadPseudonymLow(record), place);
}

absl::StatusOr<std::unique_ptr<State>> State::Create(std::shared_ptr<const wave::Wave> wave,
                                                     const StateOptions& options) {
  const std::uint64_t capacity = CapacityFor(*wave, options);
  const StateMemory memory = MemoryFor(*wave, options);
  if (capacity > PseudonymTable::kMaxCapacity) {
    return ResourceExhausted(
        "{} units in one partition, at most {} can be numbered; use more partitions or lower "
        "max_respondents",
        capacity, PseudonymTable::kMaxCapacity);
  }
  try {
    auto impl = std::make_unique<Impl>(wave, options);
    PP_ASSIGN_OR_RETURN(impl->units, UnitRegister::Create(*wave, capacity));
    PP_ASSIGN_OR_RETURN(impl->events, EventRegister::Create(*wave, capacity));
    PP_ASSIGN_OR_RETURN(impl->conflicts, ConflictTable::Create(*wave, capacity));
    return std::unique_ptr<State>(new State(std::move(impl)));
  } catch (const std::bad_alloc&) {
    return ResourceExhausted(
        "{} bytes cannot be had: register of units {}, of case events {}, conflicts {}, cube {}; "
        "lower max_respondents or tabulate less",
        memory.total(), memory.register_bytes, memory.event_register_bytes, memory.conflict_bytes,
        memory.cube_bytes);
  }
}

StateMemory State::MemoryFor(const wave::Wave& wave, const StateOptions& options) {
  const std::uint64_t capacity = CapacityFor(wave, options);
  StateMemory memory;
  memory.units = capacity;
  memory.register_bytes = UnitRegister::BytesFor(wave, capacity);
  memory.bytes_per_unit = capacity == 0 ? 0 : (memory.register_bytes + capacity - 1) / capacity;
  memory.event_register_bytes = EventRegister::BytesFor(wave, capacity);
  memory.conflict_bytes = ConflictTable::BytesFor(wave, capacity);
  memory.cube_bytes = CubeShape(wave, capacity).bytes();
  return memory;
}

State::State(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
State::~State() = default;

Applied State::ApplyResponse(std::span<std::byte> record, Micros receipt_time) {
  return impl_->ApplyResponse(record, receipt_time);
}
Applied State::ApplyCaseEvent(const wave::CaseEventRecord& event, Micros receipt_time) {
  return impl_->ApplyCaseEvent(event, receipt_time);
}
Applied State::ApplyFrameUnit(std::span<const std::byte> record) {
  return impl_->ApplyFrameUnit(record);
}
void State::EndFrame() { impl_->frame_complete = true; }
bool State::frame_complete() const { return impl_->frame_complete; }

void State::BeginLoading(std::span<const std::byte> records) const {
  for (std::uint32_t place = 0; place < kSlotAhead; ++place) impl_->LoadSlot(records, place);
  for (std::uint32_t place = 0; place < kUnitAhead; ++place) impl_->LoadUnit(records, place);
}
void State::LoadAhead(std::span<const std::byte> records) const {
  impl_->LoadSlot(records, kSlotAhead);
  impl_->LoadUnit(records, kUnitAhead);
}

const wave::Wave& State::wave() const { return *impl_->wave; }
const Cube& State::cube() const { return impl_->cube; }
const Counters& State::counters() const { return impl_->counters; }
std::span<const std::uint32_t> State::touched_cells() const { return impl_->touched.cells(); }
void State::ClearTouched() { impl_->touched.Clear(); }

void State::ListAttention(std::size_t limit, std::vector<AttentionEntry>* out) const {
  out->clear();
  impl_->conflicts.List(limit, out);
  KeepNewest(limit, out);
  std::vector<AttentionEntry> marked;
  impl_->marked_versions.List(&marked);
  KeepNewest(limit, &marked);
  out->insert(out->end(), marked.begin(), marked.end());
}
std::uint64_t State::attention_changes() const { return impl_->attention_changes; }

std::uint32_t State::unit_count() const { return impl_->units.count(); }

std::optional<Respondent> State::RespondentAt(std::uint32_t unit) const {
  const UnitRegister& units = impl_->units;
  const Standing standing = units.standing(unit);
  if (!IsRespondent(standing)) return std::nullopt;
  const PseudonymKey key = units.KeyOf(unit);
  Respondent respondent;
  respondent.pseudonym_high = key.high;
  respondent.pseudonym_low = key.low;
  respondent.channel = units.winner(unit);
  respondent.complete = standing == Standing::kComplete;
  respondent.record = units.Record(unit, respondent.channel);
  const WordHead word = units.LoadWord(unit, respondent.channel);
  if (word.marked && word.day != kNoDay) {
    respondent.collected_on = DayRange(wave()).first + word.day;
  } else if (word.collected_at != kNoTime) {
    respondent.collected_on = wave().time_zone.DateOf(word.collected_at);
  }
  return respondent;
}

StateMemory State::memory() const { return MemoryFor(*impl_->wave, impl_->options); }

void State::TakePages(const std::stop_token& stop) const {
  impl_->units.TakePages(stop);
  impl_->events.TakePages(stop);
}

}  // namespace panelpuls::state
