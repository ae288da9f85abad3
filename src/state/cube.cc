#include "state/cube.h"

#include <algorithm>
#include <memory>

namespace panelpuls::state {
namespace {

Sums SumsOf(std::uint64_t base_weight) {
  return {.d = base_weight, .d2 = SquaredBaseWeight(base_weight)};
}

// Blocks begin at cache lines, unless that took more than an eighth on top.
std::uint32_t StrideOf(std::uint32_t entries) {
  constexpr auto kLine = static_cast<std::uint32_t>(kCacheLineBytes / sizeof(std::uint32_t));
  const std::uint32_t padded = (entries + kLine - 1) / kLine * kLine;
  return padded - entries > entries / 8 ? entries : padded;
}

}  // namespace

CubeShape::CubeShape(const wave::Wave& wave, std::uint64_t units)
    : cells(wave.cells),
      blocks(wave.is_sparse ? std::min(wave.cells, units) : wave.cells),
      entries(wave.block_entries +
              (wave.has_frame ? static_cast<std::uint32_t>(wave::kDispositionCount) : 0)),
      stride(StrideOf(entries)),
      disposition_offset(wave.block_entries),
      has_frame(wave.has_frame),
      has_sums(wave.base_weights == wave::BaseWeights::kPerUnit),
      is_sparse(wave.is_sparse) {}

std::uint64_t CubeShape::bytes() const {
  const std::uint64_t of_blocks =
      blocks * stride * (sizeof(std::uint32_t) + (has_sums ? sizeof(Sums) : 0));
  return of_blocks + (is_sparse ? (cells + blocks) * sizeof(std::uint32_t) : 0);
}

Cube::Cube(const wave::Wave& wave, std::uint64_t units)
    : shape_(wave, units),
      counts_(AllocateLines<std::uint32_t>(shape_.blocks * shape_.stride)),
      sums_(shape_.has_sums ? AllocateLines<Sums>(shape_.blocks * shape_.stride)
                            : LineMemory<Sums>()),
      counted_entries_(wave.tables.front().rows * wave.tables.front().columns) {
  if (shape_.is_sparse) {
    index_.emplace(shape_.cells, shape_.blocks);
    no_counts_.assign(shape_.entries, 0);
    if (shape_.has_sums) no_sums_.assign(shape_.entries, Sums());
    return;
  }
  std::fill_n(counts_.get(), shape_.blocks * shape_.stride, 0u);
  if (sums_) std::uninitialized_fill_n(sums_.get(), shape_.blocks * shape_.stride, Sums());
}

std::uint64_t Cube::BlockFor(std::uint64_t cell) {
  PP_CHECK(cell < shape_.cells);
  if (!index_) return cell;
  const std::uint32_t found = index_->Find(cell);
  if (found != BlockIndex::kNone) return found;
  const BlockIndex::Taken taken = index_->Take(cell);
  const std::uint64_t place = std::uint64_t{taken.block} * shape_.stride;
  if (taken.is_new) {
    std::fill_n(counts_.get() + place, shape_.stride, 0u);
    if (sums_) std::uninitialized_fill_n(sums_.get() + place, shape_.stride, Sums());
  }
  return taken.block;
}

std::span<std::uint32_t> Cube::MutableBlock(std::uint64_t cell) {
  return {counts_.get() + BlockFor(cell) * shape_.stride, shape_.entries};
}
std::span<const Sums> Cube::SumsBlock(std::uint64_t cell) const {
  if (!shape_.has_sums) return {};
  if (!Holds(cell)) return no_sums_;
  const std::uint64_t block = index_ ? index_->Find(cell) : cell;
  return {sums_.get() + block * shape_.stride, shape_.entries};
}
std::span<Sums> Cube::MutableSumsBlock(std::uint64_t cell) {
  if (!shape_.has_sums) return {};
  return {sums_.get() + BlockFor(cell) * shape_.stride, shape_.entries};
}

// Whoever is counted at all is counted once in table 0, and a frame's unit once by its disposition.
void Cube::ReleaseIfEmpty(std::uint64_t cell) {
  if (!Holds(cell)) return;
  const auto block = Block(cell);
  const auto is_zero = [](std::uint32_t count) { return count == 0; };
  const auto counted = block.first(counted_entries_);
  const auto units = block.subspan(shape_.disposition_offset);
  if (std::all_of(counted.begin(), counted.end(), is_zero) &&
      std::all_of(units.begin(), units.end(), is_zero)) {
    index_->Release(cell);
  }
}

void Cube::Add(const Contribution& contribution) {
  Change(contribution, 1, shape_.has_sums ? SumsOf(contribution.base_weight) : Sums{});
}

void Cube::Subtract(const Contribution& contribution) {
  Sums negative;
  if (shape_.has_sums) {
    const Sums sums = SumsOf(contribution.base_weight);
    negative = {.d = 0 - sums.d, .d2 = 0 - sums.d2};
  }
  Change(contribution, 0u - 1u, negative);
  Settle(contribution.cell);
}

// Differences wrap around zero, which unsigned numbers do exactly.
void Cube::Change(const Contribution& contribution, std::uint32_t count, const Sums& sums) {
  std::uint32_t* const block = MutableBlock(contribution.cell).data();
  for (const std::uint32_t entry : contribution.entries) block[entry] += count;
  if (!shape_.has_sums) return;
  const std::span<Sums> sums_block = MutableSumsBlock(contribution.cell);
  for (const std::uint32_t entry : contribution.entries) {
    sums_block[entry].d += sums.d;
    sums_block[entry].d2 += sums.d2;
  }
}

void Cube::Merge(const Cube& other) {
  PP_CHECK(shape_.cells == other.shape_.cells && shape_.stride == other.shape_.stride &&
           shape_.has_sums == other.shape_.has_sums);
  for (std::uint64_t cell = 0; cell < shape_.cells; ++cell) {
    if (!other.Holds(cell)) continue;
    const auto from = other.Block(cell);
    const auto to = MutableBlock(cell);
    for (std::size_t entry = 0; entry < from.size(); ++entry) to[entry] += from[entry];
    const auto sums_from = other.SumsBlock(cell);
    const auto sums_to = MutableSumsBlock(cell);
    for (std::size_t entry = 0; entry < sums_from.size(); ++entry) {
      sums_to[entry].d += sums_from[entry].d;
      sums_to[entry].d2 += sums_from[entry].d2;
    }
  }
}

void Cube::Clear() {
  for (std::uint64_t cell = 0; cell < shape_.cells; ++cell) {
    if (!Holds(cell)) continue;
    const auto block = MutableBlock(cell);
    std::fill(block.begin(), block.end(), 0u);
    const auto sums = MutableSumsBlock(cell);
    std::fill(sums.begin(), sums.end(), Sums{});
    Settle(cell);
  }
}

bool operator==(const Cube& a, const Cube& b) {
  if (a.shape_.cells != b.shape_.cells || a.shape_.entries != b.shape_.entries) return false;
  for (std::uint64_t cell = 0; cell < a.shape_.cells; ++cell) {
    if (!a.Holds(cell) && !b.Holds(cell)) continue;
    if (!std::ranges::equal(a.Block(cell), b.Block(cell)) ||
        !std::ranges::equal(a.SumsBlock(cell), b.SumsBlock(cell))) {
      return false;
    }
  }
  return true;
}

Uint128 SquaredBaseWeight(std::uint64_t base_weight) {
  // (d 2^40)^2 counts in 2^-80; 20 bits more than are kept. Exactly half cannot occur: the square
  // of an integer is divisible by an even power of two.
  const Uint128 square = static_cast<Uint128>(base_weight) * base_weight;
  return (square + (Uint128{1} << 19)) >> 20;
}

}  // namespace panelpuls::state
