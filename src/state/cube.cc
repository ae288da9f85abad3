#include "state/cube.h"

#include <algorithm>

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

CubeShape::CubeShape(const wave::Wave& wave)
    : cells(wave.cells),
      entries(wave.block_entries +
              (wave.has_frame ? static_cast<std::uint32_t>(wave::kDispositionCount) : 0)),
      stride(StrideOf(entries)),
      disposition_offset(wave.block_entries),
      has_frame(wave.has_frame),
      has_sums(wave.base_weights == wave::BaseWeights::kPerUnit) {}

std::uint64_t CubeShape::bytes() const {
  return cells * stride * (sizeof(std::uint32_t) + (has_sums ? sizeof(Sums) : 0));
}

Cube::Cube(const wave::Wave& wave) : shape_(wave) {
  counts_.resize(shape_.cells * shape_.stride);
  if (shape_.has_sums) sums_.resize(counts_.size());
}

std::span<const std::uint32_t> Cube::Block(std::uint64_t cell) const {
  return {counts_.data() + cell * shape_.stride, shape_.entries};
}
std::span<std::uint32_t> Cube::MutableBlock(std::uint64_t cell) {
  PP_CHECK(cell < shape_.cells);
  return {counts_.data() + cell * shape_.stride, shape_.entries};
}
std::span<const Sums> Cube::SumsBlock(std::uint64_t cell) const {
  if (!shape_.has_sums) return {};
  return {sums_.data() + cell * shape_.stride, shape_.entries};
}
std::span<Sums> Cube::MutableSumsBlock(std::uint64_t cell) {
  if (!shape_.has_sums) return {};
  return {sums_.data() + cell * shape_.stride, shape_.entries};
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
  PP_CHECK(counts_.size() == other.counts_.size() && sums_.size() == other.sums_.size());
  for (std::size_t place = 0; place < counts_.size(); ++place) {
    counts_[place] += other.counts_[place];
  }
  for (std::size_t place = 0; place < sums_.size(); ++place) {
    sums_[place].d += other.sums_[place].d;
    sums_[place].d2 += other.sums_[place].d2;
  }
}

void Cube::Clear() {
  std::fill(counts_.begin(), counts_.end(), 0u);
  std::fill(sums_.begin(), sums_.end(), Sums{});
}

bool operator==(const Cube& a, const Cube& b) {
  return a.counts_ == b.counts_ && a.sums_ == b.sums_;
}

Uint128 SquaredBaseWeight(std::uint64_t base_weight) {
  // (d 2^40)^2 counts in 2^-80; 20 bits more than are kept. Exactly half cannot occur: the square
  // of an integer is divisible by an even power of two.
  const Uint128 square = static_cast<Uint128>(base_weight) * base_weight;
  return (square + (Uint128{1} << 19)) >> 20;
}

}  // namespace panelpuls::state
