// Several choices of a multiple-choice question in one cell. Internal to the room.
// Threads  any; pure.
#pragma once

#include <string_view>

#include "wire/columns.h"

namespace panelpuls::wire {

// Takes the next choice, and the codebook's separator behind it, off `cell`. Outer blanks are no
// part of a choice, empty ones are left out, and a value of the codebook that holds the separator
// is one choice: of those that begin here the longest. False: nothing is left.
bool TakeChoice(std::string_view& cell, std::string_view separator, const Values& values,
                std::string_view* choice);

}  // namespace panelpuls::wire
