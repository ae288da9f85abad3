// One measurement: all bytes of the workload through intake into a target, until the last batch is
// durable.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/engine.h"
#include "peers/store.h"
#include "peers/target.h"
#include "peers/workload.h"

namespace panelpuls::bench {

struct Measurement {
  double seconds = 0;
  double cpu_seconds = 0;         // of this process and the store's
  double intake_cpu_seconds = 0;  // of that: the thread that decodes, resolves, pseudonymises
  double batches_a_commit = 0;
};

// `processes`: the target's, beside this one.
absl::StatusOr<Measurement> Measure(const Workload& workload, Intake& intake, Target& target,
                                    const std::function<std::vector<pid_t>()>& processes);

// What an engine holds. It publishes a last snapshot when it stops: to be called afterwards.
Totals TotalsOf(const engine::Engine& engine);

}  // namespace panelpuls::bench
