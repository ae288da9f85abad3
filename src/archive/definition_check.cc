#include "archive/definition_check.h"

#include <utility>

#include "archive/kept_definitions.h"
#include "archive/reading.h"
#include "archive/rebuild.h"
#include "wave/definition.h"

namespace panelpuls::archive {
namespace {

// What the records say.
absl::Status ApplyAll(Reading& reading, std::uint64_t* respondents) {
  for (PartitionReplay& partition : reading.partitions) {
    GroupApplier::Options options;
    options.wave = reading.head.wave;
    options.where = partition.where;
    options.partition = partition.partition;
    options.partitions = partition.partitions;
    GroupApplier applier(*partition.state, std::move(options));
    PP_RETURN_IF_ERROR(
        partition.read([&](const journal::GroupView& group) { return applier.Apply(group); }));
    *respondents += partition.state->counters().respondents;
  }
  return absl::OkStatus();
}

// What the definitions say, without a state of one that may not be.
absl::Status CompareAll(const std::vector<wave::DefinitionVersion>& versions,
                        const wave::Wave& wave) {
  for (const wave::DefinitionVersion& version : versions) {
    const auto taking_back =
        &version == &versions.front() ? wave::TakingBack::kRefused : wave::TakingBack::kWhileUnused;
    PP_RETURN_IF_ERROR(wave::CheckCompatible(*version.wave, wave, taking_back));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DefinitionCheck> CheckDefinition(FileSystem& files, const std::string& directory,
                                                std::shared_ptr<const wave::Wave> wave) {
  Reading reading;
  PP_RETURN_IF_ERROR(PrepareReading(files, directory, std::nullopt, &reading, wave));
  DefinitionCheck check;
  check.versions = std::move(reading.head.definitions);
  FillChanges(&check.versions);
  check.changes = wave::CompareDefinitions(*check.versions.back().wave, *wave);
  check.verdict = CompareAll(check.versions, *wave);
  if (!check.verdict.ok()) return check;
  const absl::Status applied = ApplyAll(reading, &check.respondents);
  if (!applied.ok() && !absl::IsFailedPrecondition(applied)) return applied;
  check.verdict = applied;
  return check;
}

}  // namespace panelpuls::archive
