#include <array>
#include <charconv>

#include "archive/directory.h"
#include "journal/journal.h"

namespace panelpuls::archive {
namespace {

constexpr std::string_view kFirstLine = "panelpuls directory ";
constexpr std::string_view kNone = "none";

template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

bool IsHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// Sets the field of one line; false: not a field, or not its value.
bool ParseField(std::string_view name, std::string_view value, DirectoryInfo* info) {
  if (name == "id") {
    info->id = value;
    return IsHex(value, 32);
  }
  if (name == "incarnation") return ParseNumber(value, &info->incarnation);
  if (name == "partitions") {
    return ParseNumber(value, &info->partitions) && info->partitions >= 1 &&
           info->partitions <= kMaxPartitions;
  }
  if (name == "wave") {
    info->wave = value;
    return !value.empty();
  }
  if (name == "key") {
    info->key_id = value;
    return IsHex(value, 32);
  }
  if (name == "frame") {
    info->frame = value == kNone ? std::string_view() : value;
    return value == kNone || IsHex(value, 64);
  }
  if (name == "state") {
    info->ready = value == "ready";
    return info->ready || value == "new";
  }
  return name == "checksum";
}

}  // namespace

std::string ToText(const DirectoryInfo& info) {
  std::string text =
      fmt::format("{}{}\nid: {}\nincarnation: {}\npartitions: {}\nwave: {}\n", kFirstLine,
                  info.format, info.id, info.incarnation, info.partitions, info.wave);
  if (info.format > 1) {
    text += fmt::format("key: {}\nframe: {}\n", info.key_id,
                        info.frame.empty() ? kNone : std::string_view(info.frame));
  }
  text += fmt::format("state: {}\n", info.ready ? "ready" : "new");
  if (info.format > 1) {
    text += fmt::format("checksum: {:08x}\n",
                        journal::Crc32c(0, std::as_bytes(std::span(std::string_view(text)))));
  }
  return text;
}

bool FromText(std::string_view text, DirectoryInfo* info) {
  *info = {};
  std::string_view rest = text;
  std::size_t end = rest.find('\n');
  if (end == rest.npos || !rest.starts_with(kFirstLine) ||
      !ParseNumber(rest.substr(kFirstLine.size(), end - kFirstLine.size()), &info->format) ||
      info->format < 1 || info->format > kDirectoryFormat) {
    return false;
  }
  for (rest.remove_prefix(end + 1); !rest.empty(); rest.remove_prefix(end + 1)) {
    end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (end == rest.npos || colon == line.npos ||
        !ParseField(line.substr(0, colon), line.substr(colon + 2), info)) {
      return false;
    }
  }
  // So each field stands there once, in its place, and the check sum fits.
  return ToText(*info) == text;
}

}  // namespace panelpuls::archive
