#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"

namespace panelpuls::report {

namespace {

void FillVersion(const wave::Wave& wave, const wave::DefinitionVersion& version,
                 v1::DefinitionVersion* out) {
  out->set_definition_id(fmt::format("{:016x}", version.wave->definition_id));
  if (const auto since = SinceText(wave, version.since)) out->set_since(*since);
  for (const wave::Change& change : version.changes) {
    v1::DefinitionChange* row = out->add_changes();
    row->set_kind(std::string(wave::ChangeKindName(change.kind)));
    row->set_what(change.what);
    row->set_before(change.before);
    row->set_after(change.after);
    row->set_begins_sequence(change.begins_sequence);
  }
}

}  // namespace

std::string WaveToJson(const wave::Wave& wave,
                       std::span<const wave::DefinitionVersion> definitions) {
  v1::WaveInfo info;
  // Our own bytes: written by the loader, or read from a journal whose checksums held.
  PP_CHECK(info.mutable_definition()->ParseFromString(wave.canonical));
  info.set_definition_id(fmt::format("{:016x}", wave.definition_id));
  info.set_cells(wave.cells);
  info.set_classes(wave.block_entries);
  for (const wave::DefinitionVersion& version : definitions) {
    FillVersion(wave, version, info.add_definitions());
  }
  std::string text;
  JsonWriter json(text);
  WriteMessage(info, json);
  return text;
}

}  // namespace panelpuls::report
