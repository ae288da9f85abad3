#include "archive/replay.h"

#include <algorithm>
#include <utility>

#include "archive/directory.h"
#include "archive/kept_definitions.h"
#include "archive/reading.h"
#include "archive/rebuild.h"
#include "identity/pseudonym.h"
#include "snapshot/attention.h"

namespace panelpuls::archive {
snapshot::Contents Replayed::Inputs() const {
  return {.wave = wave.get(),
          .keys = &estimator->keys(),
          .estimates = &estimates,
          .counters = &counters,
          .cube = cube.get(),
          .version = version,
          .clock = {.now = last_receipt,
                    .simulated = false,
                    .last_sign_of_life = counters.last_receipt,
                    .process = {}},
          .fieldwork = &fieldwork,
          .definitions = &definitions};
}

absl::StatusOr<Replayed> Replay(FileSystem& files, const std::string& directory,
                                std::optional<Micros> until) {
  Reading reading;
  PP_RETURN_IF_ERROR(PrepareReading(files, directory, until, &reading));
  Replayed result;
  result.wave = reading.head.wave;
  Historian historian(result.wave, reading.directory.partitions);
  PP_RETURN_IF_ERROR(ReplayPartitions(result.wave, until, reading.partitions, historian));
  result.definitions = reading.partitions.front().progress.definitions;
  FillChanges(&result.definitions);
  result.estimator = std::make_shared<estimate::Estimator>(result.wave);
  result.cube = std::make_unique<state::Cube>(*result.wave);
  result.counters = state::Counters(*result.wave);
  Micros last_hour = kNoTime;
  for (const PartitionReplay& partition : reading.partitions) {
    result.cube->Merge(partition.state->cube());
    result.counters.Merge(partition.state->counters());
    std::vector<state::AttentionEntry> attention;
    partition.state->ListAttention(snapshot::kAttentionLimit, &attention);
    result.attention.insert(result.attention.end(), attention.begin(), attention.end());
    result.version += partition.progress.position;
    result.last_receipt = std::max(result.last_receipt, partition.progress.last_receipt);
    last_hour = std::max(last_hour, partition.progress.hour);
  }
  snapshot::MergeAttention(&result.attention);
  result.estimates = result.estimator->Estimate(*result.cube);
  result.fieldwork = estimate::MeasureFieldwork(*result.wave, *result.cube, result.estimates);
  result.hours = historian.hours();
  AppendCurrentHour(last_hour, result.estimates, result.counters.respondents, &result.hours);
  result.recovery = std::move(reading.recovery);
  return result;
}

}  // namespace panelpuls::archive
