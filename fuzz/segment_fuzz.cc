// Data directories with changed bytes, as a disk leaves them: no check sum is made to fit.
#include "journal_edits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace panelpuls::engine::testing;
  CheckReadings(EditDirectory({data, size}, false), size % 4 == 0);
  return 0;
}
