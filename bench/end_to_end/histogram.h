// Counts of values in buckets whose width grows with the value: exact below 2,048, from there on
// within 1/1024 of the value (three significant digits), as HdrHistogram does it.
// Units    the caller's; nanoseconds here. Values beyond 2^40 (18 minutes) fall in the last bucket.
// Threads  one at a time.
// Cost     Record: some instructions, no allocation.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace panelpuls::bench {

class Histogram {
 public:
  void Record(std::uint64_t value) {
    ++counts_[IndexOf(std::min(value, kLargest))];
    ++count_;
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }

  // The smallest value that at least `quantile` (0 to 1) of all values do not exceed, rounded up to
  // its bucket's end; 0 when there are none.
  std::uint64_t ValueAt(double quantile) const {
    const auto rank = static_cast<std::uint64_t>(
        std::max(1.0, std::ceil(quantile * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t index = 0; index < counts_.size(); ++index) {
      seen += counts_[index];
      if (seen >= rank) return std::min(LastOf(index), max_);
    }
    return max_;
  }

 private:
  static constexpr int kHalfBits = 10;  // 1,024 buckets a power of two
  static constexpr std::size_t kHalf = std::size_t{1} << kHalfBits;
  static constexpr int kLargestBits = 40;
  static constexpr std::uint64_t kLargest = (std::uint64_t{1} << kLargestBits) - 1;

  // Every power of two from 2^10 on has kHalf buckets; shift is by how many bits its values are
  // cut.
  static constexpr std::size_t IndexOf(std::uint64_t value) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kHalfBits - 1);
    return static_cast<std::size_t>(shift) * kHalf + static_cast<std::size_t>(value >> shift);
  }
  static constexpr std::uint64_t LastOf(std::size_t index) {
    if (index < 2 * kHalf) return index;
    const std::size_t shift = index / kHalf - 1;
    return ((index - shift * kHalf + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ =
      std::vector<std::uint64_t>(IndexOf(kLargest) + 1);  // [bucket]
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace panelpuls::bench
