// The data directory: what it is, and where its parts lie.
//
//   panelpuls.directory   text: what the directory is, and a check sum over that
//   panelpuls.key         the key of the pseudonyms
//   partition-000/ ...    a journal each
//
// Threads  one at a time, with the directory's lock held by who changes anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/status.h"
#include "identity/pseudonym.h"

namespace panelpuls::archive {

inline constexpr int kDirectoryFormat = 2;
inline constexpr std::uint32_t kMaxPartitions = 256;

struct DirectoryInfo {
  int format = kDirectoryFormat;  // of the file; 1 has neither key, frame nor check sum
  std::string id;                 // 32 hex digits, drawn when it was made
  std::uint64_t incarnation = 0;  // stands in every journal segment
  std::uint32_t partitions = 1;
  std::string wave;
  std::string key_id;  // DirectoryKey::Id of its key; empty in format 1
  std::string frame;   // digest of the sample frame whose import was begun; empty: none was
  // Every partition has a definition in its journal, and the sample frame where there is one: from
  // now on what is missing was lost, and nothing is made in its place.
  bool ready = false;
};

// Whether a data directory was made there.
bool HoldsDirectory(FileSystem& files, const std::string& directory);

std::string DirectoryPath(const std::string& directory);
std::string KeyPath(const std::string& directory);
std::string PartitionPath(const std::string& directory, std::uint32_t partition);

// The text of panelpuls.directory, and back. False: not, byte for byte, what would be written.
std::string ToText(const DirectoryInfo& info);
bool FromText(std::string_view text, DirectoryInfo* info);

// NotFound: no data directory. DataLoss: its file cannot be understood or has changed; a
// partition's folder is missing, or one is there that is not of this directory.
absl::StatusOr<DirectoryInfo> ReadDirectory(FileSystem& files, const std::string& directory);

// FailedPrecondition: the key is not the one that the directory was made with.
absl::Status CheckKey(const std::string& directory, const DirectoryInfo& info,
                      const identity::DirectoryKey& key);

struct OpenedDirectory {
  DirectoryInfo info;
  identity::DirectoryKey key;
};

// Reads it, or makes it with `wanted` (whose id and incarnation are drawn here), with its key and
// the folders of the partitions; durable when it returns. FailedPrecondition: it belongs to another
// wave, was made with another number of partitions, or has another directory's key.
absl::StatusOr<OpenedDirectory> OpenDirectory(FileSystem& files, const std::string& directory,
                                              const DirectoryInfo& wanted);

// Says which sample frame is being imported; durable when it returns. FailedPrecondition: the
// import of another one was begun.
absl::Status ClaimFrame(FileSystem& files, const std::string& directory, std::string_view digest,
                        DirectoryInfo* info);

// Says that the directory is ready, in today's format; durable when it returns.
absl::Status MarkReady(FileSystem& files, const std::string& directory, DirectoryInfo* info);

}  // namespace panelpuls::archive
