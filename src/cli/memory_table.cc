#include "cli/memory_table.h"

#include <fmt/format.h>

#include "cli/output.h"

namespace panelpuls::cli {
namespace {

std::string Row(std::string_view what, std::uint64_t bytes) {
  return fmt::format("  {:<29} {:>16} bytes  {}", what, Thousands(bytes), Bytes(bytes));
}

std::string_view Describe(capacity::Taken taken) {
  switch (taken) {
    case capacity::Taken::kAtStart:
      return "at start";
    case capacity::Taken::kAsUsed:
      return "as used";
    case capacity::Taken::kBusy:
      return "at most, under load";
    case capacity::Taken::kFirstStart:
      return "while a new directory is made";
    case capacity::Taken::kExport:
      break;
  }
  return "each, while it runs, on top";
}

}  // namespace

std::string MemoryTable(const state::StateMemory& memory, std::uint32_t partitions) {
  const auto row = [](std::string_view what, std::uint64_t bytes) {
    return Row(what, bytes) + '\n';
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

std::string CapacityTable(const capacity::Capacity& capacity, std::uint32_t partitions) {
  std::string text = MemoryTable(capacity.state, partitions);
  text += "memory beside the state:\n";
  for (const capacity::MemoryPart& part : capacity.beside) {
    text += fmt::format("{}, {}\n", Row(part.what, part.bytes), Describe(part.taken));
  }
  text += "memory of the process, the state at start:\n";
  for (const capacity::Taken taken : {capacity::Taken::kAtStart, capacity::Taken::kAsUsed,
                                      capacity::Taken::kBusy, capacity::Taken::kFirstStart}) {
    if (capacity.Bytes(taken) == 0) continue;
    text += Row(Describe(taken), capacity.Bytes(taken)) + '\n';
  }
  text += Row("whole process", capacity.total()) + '\n';
  return text;
}

}  // namespace panelpuls::cli
