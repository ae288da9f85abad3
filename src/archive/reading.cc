#include "archive/reading.h"

#include "base/time_zone.h"

namespace panelpuls::archive {

absl::Status PrepareReading(FileSystem& files, const std::string& directory,
                            std::optional<Micros> until, Reading* reading,
                            std::shared_ptr<const wave::Wave> wave) {
  PP_ASSIGN_OR_RETURN(reading->directory, ReadDirectory(files, directory));
  // Before the journals, which only grow.
  PP_ASSIGN_OR_RETURN(reading->witness, ReadWitness(files, directory, reading->directory));
  PP_ASSIGN_OR_RETURN(reading->head,
                      ReadHead(files, directory, reading->directory, {.until = until}));
  if (reading->head.wave == nullptr) {
    return NotFound("{}: nothing was journaled{}", directory,
                    until.has_value() ? fmt::format(" until {}", FormatUtc(*until)) : "");
  }
  if (wave != nullptr) reading->head.wave = std::move(wave);
  const std::uint32_t count = reading->directory.partitions;
  // Where the import of a frame broke off, one partition at most has begun and another not ended.
  const std::uint64_t frame_units = reading->head.frame_units > 0
                                        ? reading->head.frame_units
                                        : reading->head.imported_units * count;
  reading->recovery.resize(count);
  reading->partitions.resize(count);
  for (std::uint32_t index = 0; index < count; ++index) {
    PartitionReplay& partition = reading->partitions[index];
    PP_ASSIGN_OR_RETURN(partition.state,
                        state::State::Create(reading->head.wave,
                                             {.partitions = count, .frame_units = frame_units}));
    partition.where = PartitionPath(directory, index);
    partition.partition = index;
    partition.partitions = count;
    partition.read = [&files, reading, index,
                      path = partition.where](const journal::GroupVisitor& visit) -> absl::Status {
      journal::JournalOptions options = JournalOptionsFor(reading->directory, index);
      options.durable = MarkOf(reading->witness, index);
      PP_ASSIGN_OR_RETURN(reading->recovery[index],
                          journal::ReadJournal(files, path, options, visit));
      return absl::OkStatus();
    };
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::archive
