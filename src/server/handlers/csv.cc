#include "server/handlers/csv.h"

#include <fmt/format.h>

namespace panelpuls::server {

std::optional<report::CsvStyle> StyleOf(const RequestHead& head) {
  report::CsvStyle style;
  for (const auto& [name, value] : head.query) {
    if (name != "style" || (value != "plain" && value != "danish-excel")) return std::nullopt;
    style.danish_excel = value == "danish-excel";
  }
  return style;
}

Response WrongStyle() {
  return ToResponse(
      {400, ProblemType::kQuery, "the query may only be style=plain or style=danish-excel"});
}

std::string AttachmentName(const engine::PublishedSnapshot& snapshot, std::string_view what) {
  std::string name;
  for (const char c : snapshot.wave->id) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    name += plain ? c : '_';
  }
  return fmt::format("attachment; filename=\"{}-{}-{}.csv\"", name, what, snapshot.version);
}

}  // namespace panelpuls::server
