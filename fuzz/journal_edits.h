// Edits of a data directory out of a fuzzer's bytes, read as a list of small steps: a byte or a
// number of a record or a header, a record doubled, left out, or put somewhere else, groups
// exchanged, a file cut. So that a mutation of the bytes is a mutation of what the directory says,
// and check sums can be made right behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/stored_directory.h"

namespace panelpuls::engine::testing {

// The first byte chooses the directory, the rest are steps. `fit`: all check sums are right
// afterwards.
struct Edited {
  std::shared_ptr<const wave::Wave> wave;  // that an engine is started with
  Image image;
};
Edited EditDirectory(std::span<const std::uint8_t> input, bool fit);

// Reads it in every way; ends the program when a reader does not say what it came to, or says
// another thing than the others. `open`: also starts an engine on it, which costs most.
void CheckReadings(const Edited& edited, bool open);

}  // namespace panelpuls::engine::testing
