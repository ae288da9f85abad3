#include "archive/directory.h"

#include <random>
#include <set>

namespace panelpuls::archive {
namespace {

constexpr std::string_view kPartitionPrefix = "partition-";

std::uint64_t RandomWord() {
  std::random_device source;  // the system's generator
  return (std::uint64_t{source()} << 32) | source();
}

absl::StatusOr<DirectoryInfo> ReadInfo(FileSystem& files, const std::string& directory) {
  const std::string path = DirectoryPath(directory);
  const auto text = ReadWholeFile(files, path);
  if (absl::IsNotFound(text.status())) {
    return NotFound(
        "{} holds no data directory: there is no panelpuls.directory in it; is --data right?",
        directory);
  }
  PP_RETURN_IF_ERROR(text.status());
  DirectoryInfo info;
  if (!FromText(*text, &info)) {
    return DataLoss(
        "{}: is not as this program wrote it (a field is changed, missing, doubled or unknown, or "
        "the check sum does not fit), or was written by a newer one; restore it from a backup",
        path);
  }
  return info;
}

bool IsPartitionName(std::string_view name) {
  if (!name.starts_with(kPartitionPrefix)) return false;
  name.remove_prefix(kPartitionPrefix.size());
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

std::string PartitionName(std::uint32_t partition) {
  return fmt::format("{}{:03}", kPartitionPrefix, partition);
}

// Each partition has its folder, and there is none of a partition that this directory has not.
absl::Status CheckFolders(FileSystem& files, const std::string& directory,
                          const DirectoryInfo& info) {
  PP_ASSIGN_OR_RETURN(const auto found, files.List(directory));
  std::set<std::string> missing;
  for (std::uint32_t partition = 0; partition < info.partitions; ++partition) {
    missing.insert(PartitionName(partition));
  }
  for (const std::string& name : found) {
    if (missing.erase(name) == 1 || !IsPartitionName(name)) continue;
    return DataLoss(
        "{}/{}: is no folder of this directory, which has {} partitions; move it away, or put the "
        "panelpuls.directory back that belongs to it",
        directory, name, info.partitions);
  }
  if (missing.empty() || !info.ready) return absl::OkStatus();
  return DataLoss("{}/{}: is missing; put it back from a copy of this directory", directory,
                  *missing.begin());
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
        "start with {}, or push the responses into a new directory",
        directory, found.partitions, wanted.partitions, found.partitions);
  }
  return absl::OkStatus();
}

// Programs that wrote format 1 left modes to the umask. Who may not change them may still serve.
void TakeFromOthers(FileSystem& files, const std::string& path) {
  const auto mode = files.Permissions(path);
  if (mode.ok() && (*mode & ~kOwnersDirectory) != 0) {
    static_cast<void>(files.SetPermissions(path, *mode & kOwnersDirectory));
  }
}

absl::Status Write(FileSystem& files, const std::string& directory, DirectoryInfo* info) {
  if (info->format < kDirectoryFormat) {
    for (std::uint32_t partition = 0; partition < info->partitions; ++partition) {
      const std::string folder = PartitionPath(directory, partition);
      PP_ASSIGN_OR_RETURN(const auto names, files.List(folder));
      TakeFromOthers(files, folder);
      for (const std::string& name : names) TakeFromOthers(files, folder + "/" + name);
    }
  }
  info->format = kDirectoryFormat;
  return WriteFileAtomically(files, DirectoryPath(directory), ToText(*info));
}

// The key comes first, so that no directory names a key that never was.
absl::StatusOr<OpenedDirectory> MakeDirectory(FileSystem& files, const std::string& directory,
                                              DirectoryInfo info) {
  PP_ASSIGN_OR_RETURN(const auto names, files.List(directory));
  for (const std::string& name : names) {
    if (!name.starts_with(kPartitionPrefix)) continue;
    return DataLoss(
        "{}: panelpuls.directory is missing beside {}; restore it from a backup, or give an empty "
        "directory",
        directory, name);
  }
  PP_ASSIGN_OR_RETURN(auto key, identity::DirectoryKey::LoadOrCreate(files, KeyPath(directory)));
  info.id = fmt::format("{:016x}{:016x}", RandomWord(), RandomWord());
  info.incarnation = RandomWord() >> 1;
  info.key_id = key.Id();
  PP_RETURN_IF_ERROR(Write(files, directory, &info));
  return OpenedDirectory{.info = std::move(info), .key = std::move(key)};
}

absl::StatusOr<OpenedDirectory> OpenFound(FileSystem& files, const std::string& directory,
                                          DirectoryInfo info) {
  // In format 1 the key was made after the file.
  const std::string path = KeyPath(directory);
  const bool may_be_made = info.format == 1 && !info.ready;
  PP_ASSIGN_OR_RETURN(auto key, may_be_made ? identity::DirectoryKey::LoadOrCreate(files, path)
                                            : identity::DirectoryKey::Load(files, path));
  PP_RETURN_IF_ERROR(CheckKey(directory, info, key));
  info.key_id = key.Id();
  return OpenedDirectory{.info = std::move(info), .key = std::move(key)};
}

}  // namespace

std::string DirectoryPath(const std::string& directory) {
  return directory + "/panelpuls.directory";
}

bool HoldsDirectory(FileSystem& files, const std::string& directory) {
  return files.Permissions(DirectoryPath(directory)).ok();
}

std::string KeyPath(const std::string& directory) { return directory + "/panelpuls.key"; }

std::string PartitionPath(const std::string& directory, std::uint32_t partition) {
  return directory + "/" + PartitionName(partition);
}

absl::StatusOr<DirectoryInfo> ReadDirectory(FileSystem& files, const std::string& directory) {
  PP_ASSIGN_OR_RETURN(const DirectoryInfo info, ReadInfo(files, directory));
  PP_RETURN_IF_ERROR(CheckFolders(files, directory, info));
  return info;
}

absl::Status CheckKey(const std::string& directory, const DirectoryInfo& info,
                      const identity::DirectoryKey& key) {
  if (info.format == 1 || info.key_id == key.Id()) return absl::OkStatus();
  return FailedPrecondition(
      "{}: is the key of another directory (its id is {}, that of {} is {}); put the right one "
      "back: with another key no respondent of this directory would be recognised",
      KeyPath(directory), key.Id(), directory, info.key_id);
}

absl::StatusOr<OpenedDirectory> OpenDirectory(FileSystem& files, const std::string& directory,
                                              const DirectoryInfo& wanted) {
  absl::StatusOr<DirectoryInfo> found = ReadInfo(files, directory);
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  absl::StatusOr<OpenedDirectory> opened = absl::CancelledError();
  if (found.ok()) {
    PP_RETURN_IF_ERROR(CheckWanted(directory, *found, wanted));
    PP_RETURN_IF_ERROR(CheckFolders(files, directory, *found));
    opened = OpenFound(files, directory, *std::move(found));
  } else {
    opened = MakeDirectory(files, directory, wanted);
  }
  if (!opened.ok() || opened->info.ready) return opened;
  for (std::uint32_t partition = 0; partition < opened->info.partitions; ++partition) {
    PP_RETURN_IF_ERROR(files.CreateDirectories(PartitionPath(directory, partition)));
  }
  PP_RETURN_IF_ERROR(files.SyncDirectory(directory));
  return opened;
}

absl::Status ClaimFrame(FileSystem& files, const std::string& directory, std::string_view digest,
                        DirectoryInfo* info) {
  if (info->frame == digest) return absl::OkStatus();
  if (!info->frame.empty()) {
    return FailedPrecondition(
        "{}: the import of its sample frame broke off, and this is another frame; give the one it "
        "was begun with, or give a new directory",
        directory);
  }
  info->frame = digest;
  return Write(files, directory, info);
}

absl::Status MarkReady(FileSystem& files, const std::string& directory, DirectoryInfo* info) {
  if (info->ready && info->format == kDirectoryFormat) return absl::OkStatus();
  info->ready = true;
  return Write(files, directory, info);
}

}  // namespace panelpuls::archive
