#include "testing/scratch_directory.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>

#include "base/status.h"

namespace panelpuls::testing {

ScratchDirectory::ScratchDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "panelpuls-test-XXXXXX").string();
  PP_CHECK(::mkdtemp(path_.data()) != nullptr);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace panelpuls::testing
