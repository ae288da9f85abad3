// Population totals from CSV files into a definition. Internal to the room.
#pragma once

#include <string>

#include "base/file.h"
#include "wave/definition.h"
#include "wave/definition_source.h"

namespace panelpuls::wave {

// Reads the margins (columns dimension, category, total) and the joint table (one column a
// weighting dimension, and total), in any order of columns and lines. `folder` is the definition's.
absl::Status InlinePopulation(FileSystem& files, const std::string& folder,
                              const LoadOptions& options, DefinitionSource& source);

// Path of a file that a definition names.
std::string ResolvePath(const std::string& folder, const std::string& file);

}  // namespace panelpuls::wave
