#include "archive/kept_definitions.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "base/time_zone.h"
#include "identity/digest.h"
#include "wave/definition.h"

namespace panelpuls::archive {
namespace {

constexpr std::string_view kEnding = ".textproto";
constexpr std::size_t kSecondsLength = std::string_view("2025-10-07T08:00:00").size();
constexpr std::string_view kDigestLine = "# sha256: ";

std::string TextsPath(const std::string& directory) { return directory + "/definitions"; }

// Sorted by bytes they stand in order of time.
std::string NameOf(Micros since, std::uint64_t definition_id) {
  const Micros fraction = (since % kMicrosPerSecond + kMicrosPerSecond) % kMicrosPerSecond;
  std::string seconds;
  for (const char c : FormatUtc(since - fraction).substr(0, kSecondsLength)) {
    if (c != '-' && c != ':') seconds += c;
  }
  return fmt::format("{}.{:06}Z-{:016x}{}", seconds, fraction, definition_id, kEnding);
}

std::string DigestOf(std::string_view text) {
  identity::Digest digest;
  digest.Add(std::as_bytes(std::span(text)));
  return digest.Hex();
}

std::string FileOf(const wave::Wave& wave, Micros since, std::string_view text) {
  return fmt::format(
      "# A definition that this directory was opened with, kept as it was.\n# wave: {}\n"
      "# definition: {:016x}\n# since: {}\n{}{}\n{}",
      wave.id, wave.definition_id, FormatUtc(since), kDigestLine, DigestOf(text), text);
}

// What a file keeps; none: it is no file of ours.
struct Kept {
  std::string digest;
  std::string_view text;
};
std::optional<Kept> ParseFile(std::string_view file) {
  const std::size_t line = file.find(kDigestLine);
  if (line == file.npos) return std::nullopt;
  const std::size_t end = file.find('\n', line);
  if (end == file.npos) return std::nullopt;
  const std::size_t begin = line + kDigestLine.size();
  return Kept{.digest = std::string(file.substr(begin, end - begin)), .text = file.substr(end + 1)};
}

// None where nothing was kept yet.
absl::StatusOr<std::vector<std::string>> ListTexts(FileSystem& files,
                                                   const std::string& directory) {
  auto names = files.List(TextsPath(directory));
  if (absl::IsNotFound(names.status())) return std::vector<std::string>();
  if (!names.ok()) return names;
  std::erase_if(*names, [](const std::string& name) { return !name.ends_with(kEnding); });
  return names;
}

// Whether the newest text of a definition is this one.
bool IsNewest(FileSystem& files, const std::string& directory,
              const std::vector<std::string>& names, const std::string& first,
              std::uint64_t definition_id, std::string_view text) {
  const std::string ending = fmt::format("-{:016x}{}", definition_id, kEnding);
  for (auto name = names.rbegin(); name != names.rend() && *name >= first; ++name) {
    if (!name->ends_with(ending)) continue;
    const auto file = ReadWholeFile(files, TextsPath(directory) + "/" + *name);
    if (!file.ok()) return false;
    const auto kept = ParseFile(*file);
    return kept.has_value() && kept->digest == DigestOf(text);
  }
  return false;
}

}  // namespace

void FillChanges(std::vector<wave::DefinitionVersion>* versions) {
  for (std::size_t i = 1; i < versions->size(); ++i) {
    (*versions)[i].changes =
        wave::CompareDefinitions(*(*versions)[i - 1].wave, *(*versions)[i].wave);
  }
}

absl::Status KeepTexts(FileSystem& files, const std::string& directory,
                       const std::vector<wave::DefinitionVersion>& versions, Micros now) {
  const std::string folder = TextsPath(directory);
  PP_ASSIGN_OR_RETURN(const auto names, ListTexts(files, directory));
  const auto write = [&](const wave::Wave& wave, Micros since, const std::string& text) {
    absl::Status written = files.CreateDirectories(folder);
    if (written.ok()) {
      written = WriteFileAtomically(files, folder + "/" + NameOf(since, wave.definition_id),
                                    FileOf(wave, since, text));
    }
    // On a full disk a start goes on, and a later one finds that it is missing.
    return absl::IsResourceExhausted(written) ? absl::OkStatus() : written;
  };
  for (const wave::DefinitionVersion& version : versions) {
    const bool is_last = &version == &versions.back();
    const std::string name = NameOf(version.since, version.wave->definition_id);
    const std::string text = wave::DefinitionText(*version.wave);
    const bool is_kept = std::binary_search(names.begin(), names.end(), name);
    if (!is_kept) {
      PP_RETURN_IF_ERROR(write(*version.wave, version.since, text));
    } else if (is_last &&
               !IsNewest(files, directory, names, name, version.wave->definition_id, text)) {
      PP_RETURN_IF_ERROR(write(*version.wave, now, text));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FindChangedTexts(FileSystem& files,
                                                          const std::string& directory) {
  std::vector<std::string> found;
  PP_ASSIGN_OR_RETURN(const auto names, ListTexts(files, directory));
  for (const std::string& name : names) {
    const std::string path = TextsPath(directory) + "/" + name;
    PP_ASSIGN_OR_RETURN(const std::string file, ReadWholeFile(files, path));
    const auto kept = ParseFile(file);
    if (kept.has_value() && kept->digest == DigestOf(kept->text)) continue;
    found.push_back(
        fmt::format("{}: is not the text that was kept there (its SHA-256 does not fit); put it "
                    "back, or remove "
                    "it: the next start writes it again out of the journal",
                    path));
  }
  return found;
}

}  // namespace panelpuls::archive
