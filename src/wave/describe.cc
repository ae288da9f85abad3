#include "wave/compile.h"
#include "wave/definition.h"

namespace panelpuls::wave {

std::string DescribeWave(const Wave& wave) {
  std::string text = fmt::format("wave {}\n", wave.id);
  const auto line = [&text]<typename... Args>(fmt::format_string<Args...> format, Args&&... args) {
    text += fmt::format(format, std::forward<Args>(args)...) + "\n";
  };
  line("definition {:016x}", wave.definition_id);
  line("fieldwork {} to {}, {}", FormatDate(wave.fieldwork_start), FormatDate(wave.fieldwork_end),
       wave.time_zone_name);
  line("channels {}", ListCodes(wave.channels, [](const auto& channel) { return channel.code; }));
  line("respondents at most {}{}", wave.max_respondents,
       wave.has_frame ? ", or the frame's units" : "");
  std::string product;
  for (const Dimension& dimension : wave.dimensions) {
    product += fmt::format("{}{} {}", product.empty() ? ": " : " x ", dimension.id,
                           dimension.categories.size());
  }
  line("cells {}{}", wave.cells, product);
  for (std::size_t t = 0; t < wave.tables.size(); ++t) {
    const Table& table = wave.tables[t];
    const std::uint64_t entries = std::uint64_t{table.rows} * table.columns;
    line("table {} {}: {} entries a cell, {} bytes in all", t, DescribeTable(wave, table), entries,
         entries * EntryBytes(wave) * wave.cells);
  }
  line("block {} entries a cell, {} table entries, {} bytes", wave.block_entries,
       wave.cells * wave.block_entries, wave.cells * wave.block_entries * EntryBytes(wave));
  if (wave.is_sparse) {
    line("held are the cells that somebody is counted in, {} bytes each",
         wave.block_entries * EntryBytes(wave));
  }
  line("record {} bytes, {} of them content", wave.layout.size, wave.layout.content_size);
  return text;
}

}  // namespace panelpuls::wave
