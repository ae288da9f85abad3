// Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna, 2018) seeded
// by splitmix64, a stream of its own for each unit, so that what one unit draws moves no other.
// std's distributions and libm's last bits differ between machines, so neither is used.
// Threads  one at a time.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace panelpuls::sim {

class Random {
 public:
  struct Stream {
    std::uint64_t seed = 1;
    std::uint64_t number = 0;
  };

  explicit Random(const Stream& stream) {
    std::uint64_t state = Mix(stream.seed) ^ Mix(~stream.number);
    for (std::uint64_t& word : words_) word = Mix(state += kGolden);
  }

  std::uint64_t Next() {
    const std::uint64_t result = std::rotl(words_[1] * 5, 7) * 9;
    const std::uint64_t shifted = words_[1] << 17;
    words_[2] ^= words_[0];
    words_[3] ^= words_[1];
    words_[1] ^= words_[2];
    words_[0] ^= words_[3];
    words_[2] ^= shifted;
    words_[3] = std::rotl(words_[3], 45);
    return result;
  }

  // [0, 1), a multiple of 2^-53.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Chance(double probability) { return Uniform() < probability; }
  // [0, limit), limit >= 1; the bias is below limit / 2^53.
  std::uint64_t Below(std::uint64_t limit) {
    return static_cast<std::uint64_t>(Uniform() * static_cast<double>(limit));
  }
  // Place drawn with probability in proportion to its weight; the weights' sum is positive.
  std::size_t Pick(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    double left = Uniform() * sum;
    std::size_t last = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] <= 0) continue;
      last = i;
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return last;
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
  static std::uint64_t Mix(std::uint64_t value) {
    value += kGolden;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  std::array<std::uint64_t, 4> words_{};
};

// exp(x) to about 1e-15 out of additions and multiplications alone, so with the same bits
// everywhere.
inline double StableExp(double x) {
  constexpr double kLog2High = 0x1.62e42feep-1;  // its product with a small integer is exact
  constexpr double kLog2Low = 0x1.a39ef35793c76p-33;
  if (x > 700) x = 700;
  if (x < -700) x = -700;
  const double power = std::floor(x * 0x1.71547652b82fep+0 + 0.5);
  const double rest = (x - power * kLog2High) - power * kLog2Low;
  double sum = 1;
  for (int i = 14; i >= 1; --i) sum = 1 + sum * rest / i;
  return std::ldexp(sum, static_cast<int>(power));
}

}  // namespace panelpuls::sim
