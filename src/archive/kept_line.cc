#include "archive/kept_line.h"

#include <charconv>
#include <cstdint>

namespace panelpuls::archive {
namespace {

constexpr std::string_view kWords[] = {"directory ", " positions ", " sha256 "};

// Takes what stands in front of `word`, and both away.
std::optional<std::string_view> TakeUpTo(std::string_view word, std::string_view& text) {
  const std::size_t end = text.find(word);
  if (end == text.npos) return std::nullopt;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + word.size());
  return taken;
}

bool ParsePositions(std::string_view text, std::vector<journal::Position>& positions) {
  while (true) {
    journal::Position position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error != std::errc()) return false;
    positions.push_back(position);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
}

std::optional<KeptLine> Parse(std::string_view line) {
  if (!line.starts_with(kWords[0])) return std::nullopt;
  line.remove_prefix(kWords[0].size());
  const auto id = TakeUpTo(kWords[1], line);
  const auto positions = id.has_value() ? TakeUpTo(kWords[2], line) : std::nullopt;
  KeptLine kept;
  if (!positions.has_value() || !ParsePositions(*positions, kept.positions)) return std::nullopt;
  kept.directory_id = *id;
  kept.digest = line.substr(0, line.find_last_not_of(" \r") + 1);
  return kept;
}

}  // namespace

std::string ToText(const KeptLine& line) {
  return fmt::format("{}{}{}{}{}{}", kWords[0], line.directory_id, kWords[1],
                     fmt::join(line.positions, ","), kWords[2], line.digest);
}

std::optional<KeptLine> FindKeptLine(std::string_view text) {
  std::optional<KeptLine> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto line = Parse(text.substr(0, end)); line.has_value()) found = std::move(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

void GroupDigest::Add(const journal::GroupView& group) {
  digest_.Add(group.info.position);
  digest_.Add(group.info.definition_id);
  digest_.Add(group.info.receipt_time);
  digest_.Add(group.payload.size());
  digest_.Add(group.payload);
  position_ = group.info.position;
}

std::string Combine(const std::vector<std::string>& digests) {
  identity::Digest digest;
  for (const std::string& one : digests) digest.Add(std::string_view(one));
  return digest.Hex();
}

}  // namespace panelpuls::archive
