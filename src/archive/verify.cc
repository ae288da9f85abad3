#include "archive/verify.h"

#include <algorithm>
#include <utility>

#include "archive/directory.h"
#include "archive/kept_definitions.h"
#include "archive/kept_line.h"
#include "archive/reading.h"
#include "archive/rebuild.h"
#include "base/printable.h"
#include "identity/pseudonym.h"

namespace panelpuls::archive {
namespace {

// Findings of one partition that are told in full.
constexpr std::size_t kMostFaults = 100;

// Of a partition, what a line keeps.
struct PartitionDigest {
  GroupDigest all;
  journal::Position kept_position = 0;  // of an earlier line
  std::string at_kept;                  // empty: the journal does not go so far
};

// Reads a partition and notes what is wrong with it.
void VerifyPartition(const Reading& reading, PartitionReplay& partition, PartitionDigest& digest,
                     std::vector<std::string>* findings) {
  std::uint64_t faults = 0;
  GroupApplier::Options options;
  options.wave = reading.head.wave;
  options.where = partition.where;
  options.partition = partition.partition;
  options.partitions = partition.partitions;
  options.on_fault = [&](const std::string& fault) {
    if (++faults <= kMostFaults) findings->push_back(fault);
  };
  GroupApplier applier(*partition.state, std::move(options));
  const auto note = [&digest] {
    if (digest.all.position() == digest.kept_position) digest.at_kept = digest.all.Hex();
  };
  note();
  const absl::Status status = partition.read([&](const journal::GroupView& group) {
    digest.all.Add(group);
    note();
    return applier.Apply(group);
  });
  if (faults > kMostFaults) {
    findings->push_back(
        fmt::format("{}: and {} records more", partition.where, faults - kMostFaults));
  }
  if (!status.ok()) findings->emplace_back(ToStd(status.message()));
}

// What differs from the line that was kept.
void CompareWithKept(const Reading& reading, const KeptLine& kept,
                     const std::vector<PartitionDigest>& digests,
                     std::vector<std::string>* findings) {
  if (kept.directory_id != reading.directory.id) {
    findings->push_back(fmt::format("the kept line is of directory {}, and this is {}",
                                    Printable(kept.directory_id), reading.directory.id));
    return;
  }
  if (kept.positions.size() != digests.size()) {
    findings->push_back(fmt::format("the kept line is of {} partitions, and there are {}",
                                    kept.positions.size(), digests.size()));
    return;
  }
  std::vector<std::string> parts;
  for (std::size_t index = 0; index < digests.size(); ++index) {
    parts.push_back(digests[index].at_kept);
    if (!parts.back().empty()) continue;
    findings->push_back(fmt::format("{} ends at group {}, and the kept line has group {}",
                                    reading.partitions[index].where, digests[index].all.position(),
                                    kept.positions[index]));
    return;
  }
  if (Combine(parts) == kept.digest) return;
  findings->emplace_back("the groups up to the positions of the kept line are not those of then");
}

void Summarize(const Reading& reading, const std::vector<PartitionDigest>& digests,
               Verification& verification) {
  for (const PartitionDigest& digest : digests) {
    verification.positions.push_back(digest.all.position());
    verification.digests.push_back(digest.all.Hex());
  }
  if (!verification.findings.empty()) return;
  verification.line = ToText({.directory_id = reading.directory.id,
                              .positions = verification.positions,
                              .digest = Combine(verification.digests)});
}

// Who verifies may not be allowed to read the key.
void FindKeyFault(FileSystem& files, const std::string& directory, const DirectoryInfo& info,
                  std::vector<std::string>& findings) {
  const auto key = identity::DirectoryKey::Load(files, KeyPath(directory));
  const absl::Status status = key.ok() ? CheckKey(directory, info, *key) : key.status();
  if (!status.ok() && !absl::IsUnavailable(status)) findings.emplace_back(ToStd(status.message()));
}

std::string DescribeTail(const journal::RecoveryReport& report) {
  return fmt::format("{}: {} bytes behind group {} are no whole group", report.torn_where,
                     report.torn_bytes, report.groups);
}

// Whether the ends that look torn are at rest.
absl::Status JudgeTails(FileSystem& files, const std::string& directory, const Reading& reading,
                        Verification& verification) {
  std::vector<std::uint32_t> suspects;
  for (std::uint32_t index = 0; index < reading.recovery.size(); ++index) {
    if (reading.recovery[index].torn_tail) suspects.push_back(index);
  }
  if (suspects.empty()) return absl::OkStatus();
  const auto lock = files.Lock(directory);
  if (absl::IsFailedPrecondition(lock.status())) {
    for (const std::uint32_t index : suspects) {
      verification.in_flight.push_back(
          fmt::format("{}, while a server runs on this directory: most likely the group that it is "
                      "writing; verify again when it has stopped",
                      DescribeTail(reading.recovery[index])));
    }
    return absl::OkStatus();
  }
  PP_RETURN_IF_ERROR(lock.status());
  for (const std::uint32_t index : suspects) {
    journal::JournalOptions options = JournalOptionsFor(reading.directory, index);
    options.durable = MarkOf(reading.witness, index);
    PP_ASSIGN_OR_RETURN(
        const journal::RecoveryReport report,
        journal::ReadJournal(files, reading.partitions[index].where, options,
                             [](const journal::GroupView&) { return absl::OkStatus(); }));
    if (!report.torn_tail) continue;  // it was being written
    verification.torn_tails.push_back(fmt::format("{}: {}; the next start cuts these bytes",
                                                  DescribeTail(report), report.torn_meaning));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Verification> Verify(FileSystem& files, const std::string& directory,
                                    std::string_view kept) {
  const std::optional<KeptLine> line = FindKeptLine(kept);
  if (!kept.empty() && !line.has_value()) {
    return InvalidArgument(
        "there is no line of an earlier verification (`directory ID positions ... sha256 ...`) in "
        "what was given");
  }
  Reading reading;
  Verification verification;
  std::vector<std::string>& findings = verification.findings;
  if (absl::Status status = PrepareReading(files, directory, std::nullopt, &reading);
      !status.ok()) {
    if (status.code() != absl::StatusCode::kDataLoss) return status;
    findings.emplace_back(ToStd(status.message()));
    return verification;
  }
  FindKeyFault(files, directory, reading.directory, findings);
  PP_ASSIGN_OR_RETURN(const auto changed_texts, FindChangedTexts(files, directory));
  findings.insert(findings.end(), changed_texts.begin(), changed_texts.end());
  std::vector<PartitionDigest> digests(reading.partitions.size());
  for (std::size_t index = 0; index < digests.size(); ++index) {
    if (line.has_value() && index < line->positions.size()) {
      digests[index].kept_position = line->positions[index];
    }
    VerifyPartition(reading, reading.partitions[index], digests[index], &findings);
  }
  if (line.has_value()) CompareWithKept(reading, *line, digests, &findings);
  PP_RETURN_IF_ERROR(JudgeTails(files, directory, reading, verification));
  Summarize(reading, digests, verification);
  return verification;
}

}  // namespace panelpuls::archive
