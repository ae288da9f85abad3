#include "testing/method_text.h"

#include <fstream>
#include <sstream>

#include "base/status.h"

namespace panelpuls::testing {
namespace {

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

MethodRow FieldsOf(const std::string& line) {
  MethodRow fields;
  std::istringstream stream(line.substr(1));
  std::string field;
  while (std::getline(stream, field, '|')) fields.push_back(Trimmed(field));
  return fields;
}

}  // namespace

std::vector<MethodRow> TableOf(std::string_view name) {
  std::ifstream stream(PANELPULS_SOURCE_DIR "/docs/METHOD.md");
  PP_CHECK(stream.good());
  std::vector<MethodRow> rows;
  bool is_inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line == "<!-- table: " + std::string(name) + " -->") {
      is_inside = true;
    } else if (is_inside && line.starts_with("|---")) {
      continue;
    } else if (is_inside && line.starts_with("|")) {
      rows.push_back(FieldsOf(line));
    } else if (is_inside) {
      break;
    }
  }
  PP_CHECK(rows.size() > 1);
  return rows;
}

}  // namespace panelpuls::testing
