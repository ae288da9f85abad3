// Data directories with changed content under check sums that fit: every reader ends with a status
// that says something, and all of them agree.
#include "journal_edits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace panelpuls::engine::testing;
  CheckReadings(EditDirectory({data, size}, true), size % 4 == 0);
  return 0;
}
