#include "engine/panel_directory.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

#include "archive/directory.h"
#include "archive/rebuild.h"
#include "archive/witness.h"
#include "base/file.h"
#include "identity/pseudonym.h"
#include "report/snapshot.h"
#include "state/panel.h"
#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::bench {
namespace {

constexpr std::uint64_t kChunk = 500'000;
constexpr std::size_t kGroupResponses = 1000;

// Out of an edited file, so that the definition that is journaled has the room, too.
std::shared_ptr<const wave::Wave> WaveWithRoom(const std::string& directory,
                                               std::uint64_t respondents) {
  const std::string waves = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
  FileSystem& files = PosixFileSystem();
  std::string text =
      ReadWholeFile(files, waves + "virksomhedspanel-2025-efteraar.textproto").value();
  constexpr std::string_view kField = "max_respondents: ";
  const std::size_t begin = text.find(kField) + kField.size();
  text.replace(begin, text.find('\n', begin) - begin, std::to_string(respondents));
  const std::string path = directory + ".textproto";
  Require(WriteFileAtomically(files, path, text).ok(), "definition written");
  wave::LoadOptions options;
  options.population_file = waves + "virksomhedspanel-2025-efteraar.population.csv";
  return wave::LoadWave(files, path, options).value();
}

std::vector<std::byte> DefinitionGroup(const wave::Wave& wave) {
  wave::DefinitionHeader header;
  header.length = static_cast<std::uint32_t>(wave.canonical.size());
  std::vector<std::byte> group((sizeof header + wave.canonical.size() + 7) / 8 * 8);
  std::memcpy(group.data(), &header, sizeof header);
  std::memcpy(group.data() + sizeof header, wave.canonical.data(), wave.canonical.size());
  return group;
}

class Writer {
 public:
  Writer(const PanelDirectory& panel, const archive::DirectoryInfo& info) : wave_(*panel.wave) {
    for (std::uint32_t index = 0; index < info.partitions; ++index) {
      journals_.push_back(journal::Journal::Open(
                              PosixFileSystem(),
                              archive::PartitionPath(panel.options.directory, index),
                              archive::JournalOptionsFor(info, index),
                              [](const journal::GroupView&) { return absl::OkStatus(); }, nullptr)
                              .value());
    }
    groups_.resize(info.partitions);
    for (std::uint32_t index = 0; index < info.partitions; ++index) {
      groups_[index] = DefinitionGroup(wave_);
      Flush(index, wave_.fieldwork_start_time);
    }
  }

  // The response becomes another unit's.
  void Add(std::byte* record, Micros receipt_time) {
    wave::ResponseHeader header = wave::LoadResponseHeader(record);
    header.pseudonym_high = random_();
    header.pseudonym_low = random_();
    header.collected_at = receipt_time;
    wave::StoreResponseHeader(record, header);
    const std::uint32_t index = identity::PartitionOf({.high = header.pseudonym_high, .low = 0},
                                                      static_cast<std::uint32_t>(groups_.size()));
    groups_[index].insert(groups_[index].end(), record, record + wave_.layout.size);
    if (groups_[index].size() >= kGroupResponses * wave_.layout.size) Flush(index, receipt_time);
  }

  std::uint64_t Finish(Micros receipt_time) {
    for (std::uint32_t index = 0; index < groups_.size(); ++index) Flush(index, receipt_time);
    for (const auto& journal : journals_) Require(journal->Sync().ok(), "sync");
    return bytes_;
  }

 private:
  void Flush(std::uint32_t index, Micros receipt_time) {
    if (groups_[index].empty()) return;
    Require(journals_[index]->Append(wave_.definition_id, receipt_time, groups_[index]).ok(),
            "append");
    bytes_ += groups_[index].size();
    groups_[index].clear();
  }

  const wave::Wave& wave_;
  std::vector<std::unique_ptr<journal::Journal>> journals_;
  std::vector<std::vector<std::byte>> groups_;
  std::uint64_t bytes_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace

PanelDirectory MakePanelDirectory(const std::string& directory, const PanelSize& size) {
  PanelDirectory panel;
  panel.wave = WaveWithRoom(directory, size.respondents);
  panel.options.directory = directory;
  panel.options.partitions = size.partitions;
  panel.options.render = report::RenderSnapshot;
  panel.respondents = size.respondents;
  FileSystem& files = PosixFileSystem();
  Require(files.CreateDirectories(directory).ok(), "directory");
  archive::DirectoryInfo wanted;
  wanted.partitions = size.partitions;
  wanted.wave = panel.wave->id;
  auto info = archive::OpenDirectory(files, directory, wanted).value().info;

  Writer writer(panel, info);
  constexpr Micros kFieldwork = 60 * 24 * kMicrosPerHour;
  const Micros start = panel.wave->fieldwork_start_time + kMicrosPerHour;
  Micros receipt_time = start;
  for (std::uint64_t made = 0; made < size.respondents;) {
    const std::uint64_t count = std::min(kChunk, size.respondents - made);
    std::vector<std::byte> records =
        RandomRecords(*panel.wave, count, static_cast<std::uint32_t>(made / kChunk));
    for (std::uint64_t place = 0; place < count; ++place, ++made) {
      receipt_time = start + static_cast<Micros>(static_cast<double>(made) /
                                                 static_cast<double>(size.respondents) *
                                                 static_cast<double>(kFieldwork));
      writer.Add(records.data() + place * panel.wave->layout.size, receipt_time);
    }
  }
  panel.journal_bytes = writer.Finish(receipt_time);
  Require(archive::WitnessFile::Open(files, directory, info, {}).ok(), "witness");
  Require(archive::MarkReady(files, directory, &info).ok(), "ready");
  return panel;
}

}  // namespace panelpuls::bench
