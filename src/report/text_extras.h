// What a definition asks for beyond means and shares: group shares and ratios by domain, totals.
// Threads  any; pure but for the notes that the figures collect.
#pragma once

#include <string>

#include "report/snapshot.h"
#include "report/text_figures.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

// A table a domain and statistic, in the order of the tabulations. Empty without any.
std::string ExtrasText(const snapshot::Contents& inputs, Language language, std::size_t width,
                       TextFigures* figures);

}  // namespace panelpuls::report
