#include "engine/directory.h"

#include <charconv>
#include <random>
#include <string_view>

namespace panelpuls::engine {
namespace {

constexpr std::string_view kFormat = "panelpuls directory 1";

std::string InfoPath(const std::string& directory) { return directory + "/panelpuls.directory"; }

std::uint64_t RandomWord() {
  std::random_device source;  // the system's generator
  return (std::uint64_t{source()} << 32) | source();
}

std::string ToText(const DirectoryInfo& info) {
  return fmt::format("{}\nid: {}\nincarnation: {}\npartitions: {}\nwave: {}\nstate: {}\n", kFormat,
                     info.id, info.incarnation, info.partitions, info.wave,
                     info.ready ? "ready" : "new");
}

template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

// Sets the field of one line; false: not a field, or not its value.
bool ParseLine(std::string_view line, DirectoryInfo* info) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 2);
  if (name == "id") {
    info->id = value;
    return value.size() == 32 && value.find_first_not_of("0123456789abcdef") == value.npos;
  }
  if (name == "incarnation") return ParseNumber(value, &info->incarnation);
  if (name == "partitions") {
    return ParseNumber(value, &info->partitions) && info->partitions >= 1 &&
           info->partitions <= kMaxPartitions;
  }
  if (name == "state") {
    info->ready = value == "ready";
    return info->ready || value == "new";
  }
  if (name == "wave") info->wave = value;
  return name == "wave" && !value.empty();
}

bool Parse(std::string_view text, DirectoryInfo* info) {
  if (!text.starts_with(kFormat) || !text.ends_with('\n')) return false;
  text.remove_prefix(kFormat.size() + 1);
  info->partitions = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (!ParseLine(text.substr(0, end), info)) return false;
    text.remove_prefix(end + 1);
  }
  return !info->id.empty() && info->partitions > 0 && !info->wave.empty();
}

absl::Status CheckWanted(const std::string& directory, const DirectoryInfo& found,
                         const DirectoryInfo& wanted) {
  if (found.wave != wanted.wave) {
    return FailedPrecondition(
        "{}: holds wave \"{}\", not \"{}\"; give another --data directory for another wave",
        directory, found.wave, wanted.wave);
  }
  if (found.partitions != wanted.partitions) {
    return FailedPrecondition(
        "{}: was made with {} partitions, not {}; the number is fixed when a directory is made: "
        "start "
        "with {}, or push the responses into a new directory",
        directory, found.partitions, wanted.partitions, found.partitions);
  }
  return absl::OkStatus();
}

}  // namespace

std::string KeyPath(const std::string& directory) { return directory + "/panelpuls.key"; }

std::string PartitionPath(const std::string& directory, std::uint32_t partition) {
  return fmt::format("{}/partition-{:03}", directory, partition);
}

absl::StatusOr<DirectoryInfo> ReadDirectory(FileSystem& files, const std::string& directory) {
  const std::string path = InfoPath(directory);
  PP_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(files, path));
  DirectoryInfo info;
  if (!Parse(text, &info)) {
    return DataLoss("{}: is no directory file of this program; restore it from a backup", path);
  }
  return info;
}

absl::StatusOr<DirectoryInfo> OpenDirectory(FileSystem& files, const std::string& directory,
                                            DirectoryInfo wanted) {
  absl::StatusOr<DirectoryInfo> found = ReadDirectory(files, directory);
  if (found.ok()) {
    PP_RETURN_IF_ERROR(CheckWanted(directory, *found, wanted));
  } else if (found.status().code() == absl::StatusCode::kNotFound) {
    PP_ASSIGN_OR_RETURN(const auto names, files.List(directory));
    for (const std::string& name : names) {
      if (!name.starts_with("partition-")) continue;
      return DataLoss(
          "{}: panelpuls.directory is missing beside {}; restore it from a backup, or give an "
          "empty "
          "directory",
          directory, name);
    }
    wanted.id = fmt::format("{:016x}{:016x}", RandomWord(), RandomWord());
    wanted.incarnation = RandomWord() >> 1;
    PP_RETURN_IF_ERROR(WriteFileAtomically(files, InfoPath(directory), ToText(wanted)));
    found = wanted;
  } else {
    return found.status();
  }
  if (found->ready) return found;
  for (std::uint32_t partition = 0; partition < found->partitions; ++partition) {
    PP_RETURN_IF_ERROR(files.CreateDirectories(PartitionPath(directory, partition)));
  }
  PP_RETURN_IF_ERROR(files.SyncDirectory(directory));
  return found;
}

absl::Status MarkReady(FileSystem& files, const std::string& directory, DirectoryInfo* info) {
  if (info->ready) return absl::OkStatus();
  info->ready = true;
  return WriteFileAtomically(files, InfoPath(directory), ToText(*info));
}

}  // namespace panelpuls::engine
