// The file that -o and its like name, or standard output.
// What the name is decides what happens, as with other programs:
//   a plain file, or nothing       a whole file takes the name at the end: the old or the new
//                                  content, never a mix; its owner's alone (0600)
//   a symbolic link                stays; the same happens to the file it points to
//   a device or a pipe, and links  opened and written to; stays what it is
//   of /proc such as /dev/stdout
//   a directory, socket or disk    refused
// Threads  one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/status.h"

namespace panelpuls::cli {

class OutputFile {
 public:
  // Empty or "-": standard output. FailedPrecondition: nothing can be written to what has the name;
  // else the system's error, with the name.
  static absl::StatusOr<OutputFile> Open(const std::string& path);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without End: nothing has the name that had not had it

  absl::Status Write(std::string_view text);
  // Gives a whole file its name where `outcome` is ok, else removes it. The first error of all.
  absl::Status End(const absl::Status& outcome);

 private:
  OutputFile() = default;
  absl::Status OpenBeside();
  absl::Status OpenThrough(int flags);
  absl::Status WriteThrough(std::string_view text) const;

  std::string path_;  // links followed
  std::string temporary_;
  std::unique_ptr<File> file_;  // a new plain file
  std::uint64_t written_ = 0;
  int through_ = -1;  // an open device, pipe or the like
};

}  // namespace panelpuls::cli
