// How evenly the frame responds, and the channels side by side, as a text report prints it.
// Threads  any; pure.
#pragma once

#include <string>

#include "report/messages.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"

namespace panelpuls::report {

// Empty without a sample frame.
std::string RepresentativityText(const snapshot::Contents& inputs, Language language,
                                 std::size_t width);

// The indicator by channel beside its unweighted mean; empty without several channels and answers.
std::string ChannelText(const snapshot::Contents& inputs, Language language, std::size_t width);

}  // namespace panelpuls::report
