#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"

namespace panelpuls::report {

std::string WaveToJson(const wave::Wave& wave) {
  v1::WaveInfo info;
  // Our own bytes: written by the loader, or read from a journal whose checksums held.
  PP_CHECK(info.mutable_definition()->ParseFromString(wave.canonical));
  info.set_definition_id(fmt::format("{:016x}", wave.definition_id));
  info.set_cells(wave.cells);
  info.set_classes(wave.block_entries);
  std::string text;
  JsonWriter json(text);
  WriteMessage(info, json);
  return text;
}

}  // namespace panelpuls::report
