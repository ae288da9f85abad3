// Wave definitions and population files of any bytes: a wave or an error, never a crash; and what
// compiles, compiles again from its canonical bytes to the same wave.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "testing/simulated_file_system.h"
#include "wave/definition.h"

namespace panelpuls::wave {
namespace {

void CheckDefinition(std::string_view input) {
  // Definition and population, parted by a zero byte.
  const std::string_view definition = input.substr(0, input.find('\0'));
  const std::string_view population =
      definition.size() < input.size() ? input.substr(definition.size() + 1) : std::string_view();
  testing::SimulatedFileSystem files;
  files.PutFile("wave.textproto", definition);
  files.PutFile("population.csv", population);
  const auto wave = LoadWave(files, "wave.textproto");
  if (!wave.ok()) {
    PP_CHECK(!wave.status().message().empty());
    return;
  }
  const auto again = WaveFromCanonical((*wave)->canonical, "canonical");
  PP_CHECK(again.ok());
  PP_CHECK((*again)->definition_id == (*wave)->definition_id);
  PP_CHECK((*again)->block_entries == (*wave)->block_entries);
  PP_CHECK(CheckCompatible(**wave, **again).ok());
  PP_CHECK(!DescribeWave(**wave).empty());
}

}  // namespace
}  // namespace panelpuls::wave

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  panelpuls::wave::CheckDefinition({reinterpret_cast<const char*>(data), size});
  return 0;
}
