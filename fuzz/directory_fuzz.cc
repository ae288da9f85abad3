// The two text files of a data directory, as any bytes: parted by a zero byte, panelpuls.directory
// and panelpuls.key.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "archive/directory.h"
#include "base/status.h"
#include "engine/stored_directory.h"
#include "identity/pseudonym.h"

namespace panelpuls::engine::testing {
namespace {

void CheckDirectory(std::string_view input) {
  static const Image kImage = MakeSampleDirectory(Units::kAnyone, 1);
  static const auto kWave = SampleWave(Units::kAnyone, 80);
  const std::string_view directory = input.substr(0, input.find('\0'));
  Image image = kImage;
  // An empty part stands for the file that belongs there, which is the way to read it whole.
  if (!directory.empty()) image["/data/panelpuls.directory"] = directory;
  if (directory.size() + 1 < input.size()) {
    image["/data/panelpuls.key"] = input.substr(directory.size() + 1);
  }
  panelpuls::testing::SimulatedFileSystem files;
  Restore(image, files);
  const auto key = identity::DirectoryKey::Load(files, "/data/panelpuls.key");
  PP_CHECK(key.ok() || !key.status().message().empty());
  const auto info = archive::ReadDirectory(files, "/data");
  PP_CHECK(info.ok() ? info->partitions > 0 : !info.status().message().empty());
  PP_CHECK(Disagreement(ReadAll(image, kWave, key.ok() && info.ok())).empty());
}

}  // namespace
}  // namespace panelpuls::engine::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  panelpuls::engine::testing::CheckDirectory({reinterpret_cast<const char*>(data), size});
  return 0;
}
