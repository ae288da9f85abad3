#include "cli/memory_table.h"

#include <fmt/format.h>

#include "cli/output.h"

namespace panelpuls::cli {

std::string MemoryTable(const state::StateMemory& memory, std::uint32_t partitions) {
  const auto row = [](std::string_view what, std::uint64_t bytes) {
    return fmt::format("  {:<26} {:>16} bytes  {}\n", what, Thousands(bytes), Bytes(bytes));
  };
  std::string text = fmt::format("memory of the state, fixed at start ({} partition{}):\n",
                                 partitions, partitions == 1 ? "" : "s");
  text += fmt::format("  room for {} units, {} bytes each\n", Thousands(memory.units),
                      memory.bytes_per_unit);
  text += row("register of responses", memory.register_bytes);
  text += row("register of case events", memory.event_register_bytes);
  text += row("conflict table", memory.conflict_bytes);
  text += row("cube", memory.cube_bytes);
  text += row("in all", memory.total());
  return text;
}

}  // namespace panelpuls::cli
