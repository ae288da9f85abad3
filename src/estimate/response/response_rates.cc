#include "estimate/response/response_rates.h"

#include "base/status.h"

namespace panelpuls::estimate {
namespace {

std::optional<double> Share(double part, double base) {
  if (!(base > 0)) return std::nullopt;
  return part / base;
}

}  // namespace

CaseCounts CountCases(std::span<const double> by_disposition) {
  PP_CHECK(by_disposition.size() == static_cast<std::size_t>(wave::kDispositionCount));
  CaseCounts counts;
  for (int i = 0; i < wave::kDispositionCount; ++i) {
    const double units = by_disposition[static_cast<std::size_t>(i)];
    switch (static_cast<wave::Disposition>(i)) {
      case wave::Disposition::kComplete:
        counts.complete += units;
        break;
      case wave::Disposition::kPartial:
        counts.partial += units;
        break;
      case wave::Disposition::kRefusal:
        counts.refusal += units;
        break;
      case wave::Disposition::kNonContact:
        counts.non_contact += units;
        break;
      case wave::Disposition::kOther:
        counts.other += units;
        break;
      case wave::Disposition::kIneligible:
        counts.ineligible += units;
        break;
      case wave::Disposition::kNone:
      case wave::Disposition::kInvited:
      case wave::Disposition::kDelivered:
      case wave::Disposition::kUndeliverable:
        counts.unknown += units;
        break;
    }
  }
  return counts;
}

std::optional<double> EligibleShare(const CaseCounts& whole, double minimum_known) {
  const double known = whole.eligible() + whole.ineligible;
  if (known < minimum_known) return std::nullopt;
  return Share(whole.eligible(), known);
}

ResponseRates RatesOf(const CaseCounts& counts, std::optional<double> eligible_share) {
  const double complete = counts.complete;
  const double respondents = counts.complete + counts.partial;
  const double eligible = counts.eligible();
  ResponseRates rates;
  rates.rr[0] = Share(complete, eligible + counts.unknown);
  rates.rr[1] = Share(respondents, eligible + counts.unknown);
  if (eligible_share) {
    rates.rr[2] = Share(complete, eligible + *eligible_share * counts.unknown);
    rates.rr[3] = Share(respondents, eligible + *eligible_share * counts.unknown);
  }
  rates.rr[4] = Share(complete, eligible);
  rates.rr[5] = Share(respondents, eligible);
  return rates;
}

double NonResponseDifference(double half_width, double rate) { return half_width / (1 - rate); }

}  // namespace panelpuls::estimate
