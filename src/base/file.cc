#include "base/file.h"

#include <algorithm>

namespace panelpuls {
namespace {

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteNewFile(FileSystem& files, const std::string& path, std::string_view content,
                          unsigned permissions) {
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kCreate, permissions));
  PP_RETURN_IF_ERROR(file->WriteAt(0, std::as_bytes(std::span(content))));
  return file->DataSync();
}

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(FileSystem& files, const std::string& path) {
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kRead));
  PP_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
  std::string content(size, '\0');
  std::size_t done = 0;
  // The size is a hint only: files of the kernel say 0, and a file may grow meanwhile.
  for (;;) {
    if (done == content.size()) content.resize(std::max<std::size_t>(4096, done + done / 2));
    const std::span<char> rest(content.data() + done, content.size() - done);
    PP_ASSIGN_OR_RETURN(const std::size_t got, file->ReadAt(done, std::as_writable_bytes(rest)));
    done += got;
    if (got < rest.size()) break;
  }
  content.resize(done);
  return content;
}

absl::Status WriteFileAtomically(FileSystem& files, const std::string& path,
                                 std::string_view content, unsigned permissions) {
  const std::string temporary = path + ".new";
  // One left over by a crash; whoever owns the directory is alone in it.
  if (absl::Status status = files.Remove(temporary); !status.ok() && !absl::IsNotFound(status)) {
    return status;
  }
  absl::Status status = WriteNewFile(files, temporary, content, permissions);
  if (status.ok()) status = files.Rename(temporary, path);
  if (!status.ok()) {
    static_cast<void>(files.Remove(temporary));
    return status;
  }
  return files.SyncDirectory(DirectoryOf(path));
}

}  // namespace panelpuls
