// A simulated fieldwork as files that push and estimate read.
// Threads  any; pure.
#pragma once

#include <string>

#include "base/status.h"
#include "sim/fieldwork.h"
#include "wire/files.h"

namespace panelpuls::cli {

// All responses, in the order in which they arrive.
std::string ResponsesAs(wire::FileFormat format, const sim::Fieldwork& fieldwork);
// unit_id,disposition,channel,at
std::string EventsAsCsv(const sim::Fieldwork& fieldwork);

}  // namespace panelpuls::cli
