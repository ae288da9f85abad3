// Writing where somebody may have stopped reading, such as a pipe into a pager.
// Threads  any.
#pragma once

#include <chrono>
#include <string_view>

namespace panelpuls {

// Writes `text` to a pipe, terminal, socket or file, and waits for its reader `patience` in all and
// not longer. False: not all was written; what was stays. A text of up to 4096 bytes then was not
// begun.
bool WriteWithin(int descriptor, std::string_view text, std::chrono::milliseconds patience);

}  // namespace panelpuls
