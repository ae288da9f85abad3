#include "testing/protocol_text.h"

#include <fstream>
#include <sstream>

#include "base/status.h"

namespace panelpuls::testing {
namespace {

// What stands between the fences of the block behind a marker.
std::string Block(const std::string& marker) {
  const std::string text = ProtocolText();
  const std::string begin = marker + "\n```\n";
  const std::size_t at = text.find(begin);
  PP_CHECK(at != std::string::npos);
  PP_CHECK(text.find(marker, at + 1) == std::string::npos);
  const std::size_t content = at + begin.size();
  const std::size_t end = text.find("```", content);
  PP_CHECK(end != std::string::npos);
  return text.substr(content, end - content);
}

}  // namespace

std::string ProtocolText() {
  std::ifstream file(PANELPULS_SOURCE_DIR "/docs/PROTOCOL.md");
  std::ostringstream text;
  text << file.rdbuf();
  PP_CHECK(file.good());
  return text.str();
}

std::string ProtocolHex(std::string_view name, std::size_t bytes) {
  std::istringstream lines(Block("<!-- hex: " + std::string(name) + " -->"));
  std::string content(bytes, '\0');
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::size_t offset = 0;
    fields >> offset;
    std::string byte;
    while (fields >> byte) {
      if (bytes == 0) content.resize(offset + 1);
      content.at(offset++) = static_cast<char>(std::stoi(byte, nullptr, 16));
    }
  }
  return content;
}

std::string ProtocolExample(std::string_view name) {
  return Block("<!-- example: " + std::string(name) + " -->");
}

}  // namespace panelpuls::testing
