// What a text report says of the weights themselves: trimming, totals that are missed, weights
// below 0, more respondents than enterprises (METHOD M2). Threads  any; pure.
#pragma once

#include <string>
#include <string_view>

#include "report/messages.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

// "weights, once", "factors, strict", ...; empty: none is declared.
std::string_view TrimmingName(const wave::Weighting& weighting);

// Lines; none where there is nothing to say.
std::string WeightsText(const snapshot::Contents& inputs, Language language);

}  // namespace panelpuls::report
