// The data directory: what it is, and where its parts lie.
//
//   panelpuls.directory   text: format, id, incarnation, partitions, wave, state (new, ready)
//   panelpuls.key         the key of the pseudonyms
//   partition-000/ ...    a journal each
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/status.h"

namespace panelpuls::engine {

struct DirectoryInfo {
  std::string id;                 // 32 hex digits, drawn when it was made
  std::uint64_t incarnation = 0;  // stands in every journal segment
  std::uint32_t partitions = 1;
  std::string wave;
  // Every partition has a definition in its journal, and there is a key: from now on what is
  // missing was lost, and nothing is made in its place.
  bool ready = false;
};

inline constexpr std::uint32_t kMaxPartitions = 256;

std::string KeyPath(const std::string& directory);
std::string PartitionPath(const std::string& directory, std::uint32_t partition);

// NotFound: no data directory. DataLoss: its file cannot be understood.
absl::StatusOr<DirectoryInfo> ReadDirectory(FileSystem& files, const std::string& directory);

// Reads it, or makes it with `wanted` (whose id and incarnation are drawn here), with the folders
// of the partitions; durable when it returns. FailedPrecondition: it belongs to another wave, or
// was made with another number of partitions.
absl::StatusOr<DirectoryInfo> OpenDirectory(FileSystem& files, const std::string& directory,
                                            DirectoryInfo wanted);

// Says that the directory is ready; durable when it returns.
absl::Status MarkReady(FileSystem& files, const std::string& directory, DirectoryInfo* info);

}  // namespace panelpuls::engine
