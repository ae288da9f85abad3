// A simulated fieldwork against a running server at an accelerated clock: the first channel over
// HTTP, the others over TCP, hour by simulated hour, each hour acknowledged before the next begins.
// Threads  one; blocking.
#pragma once

#include <string>

#include "base/status.h"
#include "cli/snapshot_reader.h"
#include "sim/fieldwork.h"

namespace panelpuls::cli {

struct DriveOptions {
  std::string http;    // http://HOST:PORT
  std::string tcp;     // tcp://HOST:PORT
  double seconds = 0;  // that the fieldwork is spread over; 0: as fast as it goes
};

// The snapshot after the last message. Says a line a simulated day on stderr.
// Unavailable: the server cannot be reached; Internal: it rejected something.
absl::StatusOr<ReadSnapshot> Drive(const sim::Fieldwork& fieldwork, const DriveOptions& options);

}  // namespace panelpuls::cli
