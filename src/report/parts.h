// The three parts of a snapshot as messages, which both JSON and protobuf are rendered from.
// Threads  any; pure.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "panelpuls/v1/snapshot.pb.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

// A number that can be shown: NaN and infinities count as absent.
std::optional<double> Finite(const std::optional<double>& value);

// Since when something of the wave's is, in its zone. Absent for a simulated clock that nobody had
// set.
std::optional<std::string> SinceText(const wave::Wave& wave, Micros since);

// What is not is in no text, and no other figure is made of it.
bool IsReportable(const estimate::FigureValue& figure);
// Null when there is none.
const estimate::FigureValue* FindFigure(const snapshot::Contents& inputs,
                                        const estimate::FigureKey& wanted);

// Decimals with which score points are shown: one of scores like -100 to 100; two where all scores
// are below ten.
int IndicatorDigits(const wave::Wave& wave);

std::string_view MethodName(wave::WeightingMethod method);

// Without figures; they are most of a snapshot, and each format writes them for itself.
void FillEstimatesHead(const snapshot::Contents& inputs, v1::Estimates* out);
// Needs several channels and an indicator; otherwise nothing is filled.
void FillChannelComparison(const snapshot::Contents& inputs, v1::Estimates* out);
void FillCorrectionEffect(const snapshot::Contents& inputs, v1::Collection* out);
void FillFigures(const snapshot::Contents& inputs, v1::Estimates* out);
// Comparisons, which domains have none, and rankings.
void FillComparisons(const snapshot::Contents& inputs, v1::Estimates* out);
// [disposition] units, or sums of base weights.
using Dispositions = std::array<double, wave::kDispositionCount>;
// METHOD M8; `eligible_share` is that of the whole wave.
void FillRates(const Dispositions& dispositions, std::optional<double> eligible_share,
               v1::ResponseRates* out);
// Rates of the whole wave and of the channels, which stand in `out` already.
void FillResponse(const snapshot::Contents& inputs, v1::Collection* out);
// METHOD M10; the response stands in `out` already.
void FillBiasToMatch(const snapshot::Contents& inputs, v1::Collection* out);
void FillRepresentativity(const wave::Wave& wave, const estimate::Representativity& measured,
                          v1::Representativity* out);
void FillCollection(const snapshot::Contents& inputs, v1::Collection* out);
void FillClock(const snapshot::Contents& inputs, v1::Clock* out);

// Respondents expected on a local date by the plan: cumulative share of the last planned date not
// after it, times the target. Absent before the first planned date, and without plan or target.
// `channel` kNone: over all, from a plan for all channels or as the sum of the channels' plans.
std::optional<double> ExpectedRespondents(const wave::Wave& wave, int channel, LocalDate date);

// Respondents by indicator group, the last one without a valid case, and the mean of their scores.
struct GroupMean {
  double answered = 0;
  std::optional<double> value;
};
template <typename Count>
GroupMean MeanOfGroups(const wave::Indicator& indicator, std::span<const Count> counts) {
  GroupMean mean;
  double sum = 0;
  for (std::size_t group = 0; group < indicator.groups.size(); ++group) {
    const auto n = static_cast<double>(counts[group]);
    mean.answered += n;
    sum += n * indicator.groups[group].score;
  }
  if (mean.answered > 0) mean.value = sum / mean.answered;
  return mean;
}

}  // namespace panelpuls::report
