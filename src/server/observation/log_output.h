// Where the log goes: to stderr, and never at the price of waiting for who reads it. Lines that
// find no room are left out and counted, and the next line that finds room says how many. Threads
// any.
#pragma once

#include <cstdint>

namespace panelpuls::server {

// From now on, for the whole process. Each line is written when it is said, so that nothing is left
// to write at the end.
void LogToStderr();
// The same to another descriptor.
void LogTo(int descriptor);

// Since the process started.
std::uint64_t LogLinesLeftOut();

}  // namespace panelpuls::server
