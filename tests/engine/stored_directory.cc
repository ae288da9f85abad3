#include "engine/stored_directory.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "archive/directory.h"
#include "archive/replay.h"
#include "archive/responses_export.h"
#include "archive/verify.h"
#include "archive/witness.h"
#include "journal/journal.h"
#include "report/export_csv.h"

namespace panelpuls::engine::testing {
namespace {

using panelpuls::testing::SimulatedFileSystem;

constexpr std::string_view kDefinition = R"(id: "kept"
title { en: "Kept" }
fieldwork_start: "2026-02-01"
fieldwork_end: "2026-03-31"
channels { code: "web" }
channels { code: "paper" }
dimensions {
  id: "size"
  categories { code: "small" population: 900 }
  categories { code: "large" population: 100 }
}
dimensions {
  id: "area"
  categories { code: "north" population: 300 }
  categories { code: "south" population: 700 }
}
questions {
  id: "mood"
  required: true
  options { code: "up" }
  options { code: "same" }
  options { code: "down" }
}
questions {
  id: "why"
  kind: MULTIPLE
  max_choices: 2
  options { code: "law" }
  options { code: "staff" }
  options { code: "money" }
  options { code: "none" exclusive: true }
}
tabulations { question: "mood" by: "size" by: "channel" }
tabulations { question: "why" by: "area" }
weighting { dimensions: "size" dimensions: "area" }
design { base_weights: BASE_WEIGHTS_PER_UNIT }
)";

// The same in every run, so that an input of a fuzzer means the same again.
constexpr std::string_view kKey =
    "panelpuls directory key 1\n"
    "0707070707070707070707070707070707070707070707070707070707070707\n"
    "4bb06f8e4e3a7715\n";

constexpr const char* kNames[] = {"u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"};

std::span<std::byte> BytesOf(std::string& text) { return std::as_writable_bytes(std::span(text)); }

Sent Answered(const std::string& id, const std::string& mood, std::vector<std::string> why) {
  Sent sent;
  sent.id = id;
  sent.channel = "web";
  sent.at = kNoon - kMicrosPerHour;
  sent.answers = {{"mood", {mood}}, {"why", std::move(why)}};
  sent.categories = {{"size", id < "u4" ? "small" : "large"}, {"area", "north"}};
  sent.base_weight = 1.5;
  return sent;
}

std::vector<Sent> FirstRecords() {
  std::vector<Sent> records;
  records.push_back(Answered("u0", "up", {"law", "money"}));
  records.push_back(Answered("u1", "same", {"none"}));
  records.push_back(Answered("u2", "down", {"staff"}));
  records.push_back(Answered("u1", "up", {}));  // in conflict with the one before
  records.push_back(Answered("u3", "up", {}));
  records.back().at = kNoon + 5 * kMicrosPerHour;  // cannot be believed
  records.push_back(Answered("u4", "down", {"law"}));
  records.back().channel = "paper";
  records.push_back(Answered("u5", "same", {}));
  records.back().status = wave::Status::kTest;
  records.push_back(Answered("u2", "same", {"staff", "law"}));
  records.back().revision = 2;
  return records;
}

std::vector<Sent> LaterRecords() {
  std::vector<Sent> records;
  records.push_back(Answered("u0", "up", {}));
  records.back().revision = 2;
  records.back().status = wave::Status::kWithdrawn;
  records.push_back(Answered("u6", "up", {}));
  records.back().status = wave::Status::kPartial;
  records.push_back(Answered("u7", "down", {"money"}));
  for (const char* const disposition : {"invited", "refusal"}) {
    Sent event;
    event.id = "u1";
    event.channel = "paper";
    event.at = kNoon - kMicrosPerMinute;
    event.disposition = disposition;
    records.push_back(event);
  }
  return records;
}

EngineOptions SampleOptions(SimulatedFileSystem& files, const Clock& clock,
                            std::uint32_t partitions, const wave::Wave& wave) {
  EngineOptions options = TestOptions(files, clock, partitions);
  options.max_group_bytes = 4096;
  options.segment_bytes = 64u << 10;
  if (wave.has_frame) options.read_frame = [] { return SampleFrame(); };
  return options;
}

}  // namespace

std::shared_ptr<const wave::Wave> SampleWave(Units units, int max_respondents) {
  std::string text(kDefinition);
  text += fmt::format("max_respondents: {}\n", max_respondents);
  if (units == Units::kOfFrame) text += "sample_frame { file: \"frame.csv\" }\n";
  return LoadText(text);
}

std::vector<wave::FrameUnit> SampleFrame() {
  std::vector<wave::FrameUnit> frame;
  for (const char* const name : kNames) {
    wave::FrameUnit& unit = frame.emplace_back();
    unit.unit_id = name;
    unit.channel = static_cast<int>(frame.size() % 2);
    unit.base_weight = 0.5 * static_cast<double>(frame.size());
    unit.categories = {static_cast<std::uint16_t>(frame.size() % 2),
                       static_cast<std::uint16_t>(frame.size() / 2 % 2)};
  }
  return frame;
}

Image MakeSampleDirectory(Units units, std::uint32_t partitions) {
  SimulatedFileSystem files;
  Restore({{fmt::format("{}/panelpuls.key", kDirectory), std::string(kKey)}}, files);
  ManualClock clock(kNoon);
  {
    const auto wave = SampleWave(units);
    Harness harness(wave, SampleOptions(files, clock, partitions, *wave));
    harness.Send(FirstRecords());
  }
  clock.Set(kNoon + 2 * kMicrosPerHour);
  {
    const auto edited = SampleWave(units, 80);
    Harness harness(edited, SampleOptions(files, clock, partitions, *edited));
    harness.Send(LaterRecords());
  }
  Image image;
  const auto take = [&](const std::string& folder) {
    const auto names = files.List(folder);
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      if (files.Exists(path)) image[path] = files.FileContent(path);
    }
  };
  take(kDirectory);
  for (std::uint32_t index = 0; index < partitions; ++index) {
    take(fmt::format("{}/partition-{:03}", kDirectory, index));
  }
  return image;
}

void Restore(const Image& image, SimulatedFileSystem& files) {
  for (const auto& [path, content] : image) files.PutFile(path, content);
  // What is changed here is to be found by what it says, not by a witness of what it was.
  if (const auto info = archive::ReadDirectory(files, kDirectory); info.ok()) {
    PP_CHECK(archive::WitnessFile::Open(files, kDirectory, *info, archive::Witness()).ok());
  }
}

std::vector<StoredGroup> GroupsOf(const Image& image) {
  std::vector<StoredGroup> groups;
  for (const auto& [path, content] : image) {
    if (!path.ends_with(".segment")) continue;
    const auto bytes = std::as_bytes(std::span(content));
    std::uint64_t offset = journal::kFirstGroupOffset;
    while (offset + journal::kBlockBytes <= bytes.size()) {
      const auto header =
          journal::DecodeGroupHeader(bytes.subspan(offset).first<journal::kBlockBytes>());
      if (!header.has_value()) break;
      const std::size_t begin = offset + journal::kGroupHeaderBytes;
      groups.push_back({path, offset, *header, content.substr(begin, header->payload_bytes)});
      offset += journal::GroupBytes(header->payload_bytes);
    }
  }
  return groups;
}

void PutGroup(const StoredGroup& group, Image* image) {
  std::string& content = (*image)[group.path];
  const std::uint64_t size = journal::GroupBytes(group.payload.size());
  journal::GroupHeader header = group.header;
  header.payload_bytes = static_cast<std::uint32_t>(group.payload.size());
  const auto place = BytesOf(content).subspan(group.offset, size);
  std::fill(place.begin(), place.end(), std::byte{0});
  std::memcpy(place.data() + journal::kGroupHeaderBytes, group.payload.data(),
              group.payload.size());
  journal::EncodeGroupHeader(header, place);
}

void MakeChecksumsFit(std::string* segment) {
  const auto bytes = BytesOf(*segment);
  const auto put = [&](std::uint64_t place, std::uint32_t check) {
    std::memcpy(bytes.data() + place, &check, sizeof check);
  };
  constexpr std::uint64_t kSegmentCheck = journal::kBlockBytes - 4;
  constexpr std::uint64_t kGroupCheck = journal::kGroupHeaderBytes - 4;
  if (bytes.size() < journal::kBlockBytes) return;
  put(kSegmentCheck, journal::Crc32c(0, bytes.first(kSegmentCheck)));
  for (std::uint64_t offset = journal::kFirstGroupOffset;
       offset + journal::kBlockBytes <= bytes.size();) {
    const auto header =
        journal::DecodeGroupHeader(bytes.subspan(offset).first<journal::kBlockBytes>());
    const std::uint64_t size =
        header.has_value() ? journal::GroupBytes(header->payload_bytes) : journal::kBlockBytes;
    if (!header.has_value() || size > bytes.size() - offset) {
      offset += journal::kBlockBytes;
      continue;
    }
    const auto group = bytes.subspan(offset, size);
    const std::uint32_t begin = journal::Crc32c(0, group.first(kGroupCheck));
    put(offset + kGroupCheck, journal::Crc32c(begin, group.subspan(journal::kGroupHeaderBytes)));
    offset += size;
  }
}

void MakeWitnessFit(std::string* witness) {
  constexpr std::size_t kSlotBytes = 4096;
  constexpr std::size_t kCheckPlace = kSlotBytes - sizeof(std::uint32_t);
  const auto bytes = BytesOf(*witness);
  for (std::size_t slot = 0; slot + kSlotBytes <= bytes.size(); slot += kSlotBytes) {
    const std::uint32_t check = journal::Crc32c(0, bytes.subspan(slot).first(kCheckPlace));
    std::memcpy(bytes.data() + slot + kCheckPlace, &check, sizeof check);
  }
}

Readings ReadAll(const Image& image, const std::shared_ptr<const wave::Wave>& wave, bool open) {
  Readings readings;
  SimulatedFileSystem files;
  Restore(image, files);
  readings.replay = archive::Replay(files, kDirectory, std::nullopt).status();
  const auto verified = archive::Verify(files, kDirectory);
  readings.verify = verified.status();
  if (verified.ok()) readings.findings = verified->findings;
  auto exported =
      archive::ResponsesExport::Open(files, kDirectory, {.make_table = report::ResponsesCsvIn({})});
  readings.export_responses = exported.status();
  while (exported.ok() && !(*exported)->NextPage(1 << 16).empty()) {
  }
  if (!open) return readings;
  // Last, since it writes.
  const ManualClock clock(kNoon + 4 * kMicrosPerHour);
  EngineOptions options = TestOptions(files, clock);
  options.max_group_bytes = 4096;
  options.segment_bytes = 64u << 10;
  if (wave->has_frame) options.read_frame = [] { return SampleFrame(); };
  while (image.contains(
      fmt::format("{}/partition-{:03}/00000001.segment", kDirectory, options.partitions))) {
    ++options.partitions;
  }
  readings.open = Harness::TryOpen(wave, std::move(options)).status();
  return readings;
}

std::string Disagreement(const Readings& readings) {
  for (const absl::Status* const status :
       {&readings.open, &readings.replay, &readings.export_responses, &readings.verify}) {
    if (!status->ok() && status->message().empty()) return "a status without a message";
  }
  const bool sound = readings.verify.ok() && readings.findings.empty();
  // Who reads needs no key; verify looks at it all the same.
  const bool only_the_key = readings.findings.size() == 1 &&
                            readings.findings.front().find("panelpuls.key") != std::string::npos;
  if (readings.replay.ok() ? !sound && !only_the_key : sound) {
    const std::string verdict = !readings.verify.ok()       ? readings.verify.ToString()
                                : readings.findings.empty() ? "found nothing"
                                                            : readings.findings.front();
    return fmt::format("verify: {}, replay: {}", verdict, readings.replay.ToString());
  }
  if (readings.replay.ok() != readings.export_responses.ok()) {
    return fmt::format("export: {}, replay: {}", readings.export_responses.ToString(),
                       readings.replay.ToString());
  }
  // It is opened with room for more units than it was made for, and then takes what only a smaller
  // one could not have: contents that its table of conflicts had forgotten, and less room
  // meanwhile.
  const bool only_of_room =
      readings.verify.ok() &&
      std::ranges::all_of(readings.findings, [](const std::string& finding) {
        return finding.find("would not be journaled again") != std::string::npos ||
               finding.find("max_respondents was") != std::string::npos;
      });
  if (readings.open.ok() && !sound && !only_of_room) {
    return "opened, although verify found: " +
           (readings.verify.ok() ? readings.findings.front() : readings.verify.ToString());
  }
  return {};
}

}  // namespace panelpuls::engine::testing
