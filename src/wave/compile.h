// From a canonical definition to a Wave. Internal to the room.
#pragma once

#include <memory>

#include "wave/definition_source.h"
#include "wave/wave.h"

namespace panelpuls::wave {

// source.definition is valid and canonical. The wave's canonical bytes and id are still empty.
// Errors  a time zone that is unknown, more table entries than there is room for.
absl::StatusOr<std::shared_ptr<Wave>> CompileCanonical(const DefinitionSource& source);

// Tabulations and the tables they need, after questions, dimensions and indicator are there.
void CompileTabulations(const v1::WaveDefinition& definition, Wave& wave);

// Layout of a resolved response, after questions and dimensions are there.
void CompileLayout(Wave& wave);

// Bytes of a table's entries in one cell: a count, and where base weights vary two sums.
std::uint64_t EntryBytes(const Wave& wave);
// "indicator x ai_use (7 x 6)".
std::string DescribeTable(const Wave& wave, const Table& table);

}  // namespace panelpuls::wave
