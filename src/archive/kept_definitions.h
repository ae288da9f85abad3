// The definitions that a data directory was opened with: since when each is in force, what it
// changed, and its text.
//
//   definitions/20251007T080000.000000Z-0123456789abcdef.textproto    one a text: since, definition
//   id
//
// The journals say what counts; the texts are kept for people, with their comments, and a text that
// is missing is written again out of the journal.
// Threads  one, with the directory's lock held by who changes anything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "wave/changes.h"
#include "wave/wave.h"

namespace panelpuls::archive {

// What each changed of the one before it.
void FillChanges(std::vector<wave::DefinitionVersion>* versions);

// Makes sure that a text of each version is there, and as the newest one that of the last version's
// wave. Durable when it returns. `now`: since when a text of a definition that was there already is
// in use.
absl::Status KeepTexts(FileSystem& files, const std::string& directory,
                       const std::vector<wave::DefinitionVersion>& versions, Micros now);

// Kept texts that are not as they were kept, a line each.
absl::StatusOr<std::vector<std::string>> FindChangedTexts(FileSystem& files,
                                                          const std::string& directory);

}  // namespace panelpuls::archive
