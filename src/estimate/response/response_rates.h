// Response rates RR1-RR6 of the AAPOR Standard Definitions, out of counts of dispositions.
//
// Formula  METHOD M8. Invited, delivered, returned as undeliverable or never heard of: unknown
//          eligibility. A break-off counts as a refusal (the state makes it one).
// Counts   of units, or sums of base weights for weighted rates: never negative.
// Threads  pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "wave/wave.h"

namespace panelpuls::estimate {

struct CaseCounts {
  double complete = 0;     // I
  double partial = 0;      // P: with the required questions
  double refusal = 0;      // R
  double non_contact = 0;  // NC
  double other = 0;        // O
  double unknown = 0;      // U
  double ineligible = 0;   // NE

  double answered() const { return complete + partial; }
  double eligible() const { return answered() + refusal + non_contact + other; }
  double base() const { return eligible() + unknown; }  // of RR1 and RR2
  double total() const { return eligible() + unknown + ineligible; }
};

// `by_disposition`: [wave::kDispositionCount].
CaseCounts CountCases(std::span<const double> by_disposition);

// Share of the known cases that are eligible; absent with fewer than `minimum_known` of them (and
// with none). Of the whole wave, never of a category.
std::optional<double> EligibleShare(const CaseCounts& whole, double minimum_known);

struct ResponseRates {
  // [i] RR(i + 1), 0 to 1; absent over a base of 0, RR3 and RR4 without an eligible share too.
  std::array<std::optional<double>, 6> rr;
};
ResponseRates RatesOf(const CaseCounts& counts, std::optional<double> eligible_share);

// METHOD M10: the difference between those who answer and the others, after weighting, that moves a
// mean by an interval's half-width at the response rate 0 <= rate < 1.
double NonResponseDifference(double half_width, double rate);

}  // namespace panelpuls::estimate
