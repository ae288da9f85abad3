// A number as the sum of two doubles that do not overlap, about 32 digits: for sums that must keep
// what is small beside what is large, such as base weights over nine powers of ten.
// Formula  sums after Knuth, products after Dekker (Numerische Mathematik 18, 1971). Exact only
//          where nothing is fused, contracted or reordered, which holds for the whole tree.
// Limits   not for numbers whose square is infinite or a denormal.
// Threads  plain data.
#pragma once

#include <cmath>

namespace panelpuls::estimate {

struct DoubleDouble {
  double high = 0;
  double low = 0;

  constexpr DoubleDouble() = default;
  constexpr DoubleDouble(double x) : high(x) {}  // NOLINT: a double is one without a rest
  constexpr DoubleDouble(double h, double l) : high(h), low(l) {}

  constexpr double value() const { return high + low; }
};

// a + b and what rounding has left of it.
constexpr DoubleDouble TwoSum(double a, double b) {
  const double sum = a + b;
  const double from_b = sum - a;
  return {sum, (a - (sum - from_b)) + (b - from_b)};
}

// The same for |a| >= |b|.
constexpr DoubleDouble QuickTwoSum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

constexpr DoubleDouble TwoProduct(double a, double b) {
  constexpr double kSplit = 134'217'729;  // 2^27 + 1
  const auto upper = [](double x) { return kSplit * x - (kSplit * x - x); };
  const double product = a * b;
  const double a1 = upper(a);
  const double a2 = a - a1;
  const double b1 = upper(b);
  const double b2 = b - b1;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

constexpr DoubleDouble operator-(const DoubleDouble& a) { return {-a.high, -a.low}; }

constexpr DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble high = TwoSum(a.high, b.high);
  const DoubleDouble low = TwoSum(a.low, b.low);
  const DoubleDouble sum = QuickTwoSum(high.high, high.low + low.high);
  return QuickTwoSum(sum.high, sum.low + low.low);
}

constexpr DoubleDouble operator+(const DoubleDouble& a, double b) {
  const DoubleDouble high = TwoSum(a.high, b);
  return QuickTwoSum(high.high, high.low + a.low);
}

constexpr DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) { return a + (-b); }

constexpr DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble product = TwoProduct(a.high, b.high);
  return QuickTwoSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

constexpr DoubleDouble operator/(const DoubleDouble& a, const DoubleDouble& b) {
  const double first = a.high / b.high;
  const DoubleDouble rest = a - b * DoubleDouble(first);
  const double second = rest.high / b.high;
  const DoubleDouble last = rest - b * DoubleDouble(second);
  return QuickTwoSum(first, second) + last.high / b.high;
}

constexpr DoubleDouble& operator+=(DoubleDouble& a, const DoubleDouble& b) { return a = a + b; }
constexpr DoubleDouble& operator+=(DoubleDouble& a, double b) { return a = a + b; }
constexpr DoubleDouble& operator-=(DoubleDouble& a, const DoubleDouble& b) { return a = a - b; }

// Of a number above 0: one step of Newton's method from the double's root.
inline DoubleDouble Root(const DoubleDouble& a) {
  const double root = std::sqrt(a.high);
  const DoubleDouble rest = a - TwoProduct(root, root);
  return QuickTwoSum(root, rest.value() / (2 * root));
}

}  // namespace panelpuls::estimate
