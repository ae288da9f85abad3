#include "engine/simulation/simulation.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "archive/replay.h"
#include "archive/responses_export.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/fieldwork.h"
#include "engine/simulation/schedule.h"
#include "offline/survey.h"
#include "report/export_csv.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"
#include "testing/simulated_file_system.h"

namespace panelpuls::engine::testing {
namespace {

using panelpuls::testing::Schedule;
using panelpuls::testing::ScheduledFiles;
using panelpuls::testing::SimulatedFileSystem;
using std::chrono::milliseconds;

constexpr char kDirectory[] = "/data";
constexpr int kUnits = 60;
// Of the schedule's time: longer than anything the engine may take.
constexpr std::chrono::minutes kFarTooLong{10};

bool OneIn(std::uint64_t n) { return Schedule::OneIn(n); }

template <typename T>
T Pick(std::initializer_list<T> from) {
  return from.begin()[Schedule::Below(from.size())];
}

// What was sent and what became of it.
struct SentBatch {
  std::vector<std::size_t> records;  // in Run::records_
  bool taken = false;
  int ends = 0;
  BatchEnd end = BatchEnd::kStopped;
};

std::string HistoryText(const wave::Wave& wave, const std::vector<snapshot::HistoryHour>& hours,
                        const state::Counters& counters) {
  return report::HistoryToJson({.wave = &wave, .hours = hours, .counters = &counters});
}

// All of it runs in the schedule; one thread at a time, so nothing here needs a lock.
class Run {
 public:
  Run(std::uint64_t seed, ScheduledFiles::Lies lies)
      : seed_(seed), lies_(lies), disk_(seed), files_(disk_) {}

  void Body();
  std::vector<std::string> findings;
  Tried tried;

 private:
  void MakeRecords();
  EngineOptions Options();
  // Null: it could not be opened, which is a finding unless something was armed.
  std::unique_ptr<Engine> Open(bool armed);
  void OpenOnABadDay();
  void Live();
  void SendSome(Engine& engine);
  // Numbers the batch; its end is noted when it comes.
  SubmitResult Submit(Engine& engine, BatchBuilder& builder, std::vector<std::size_t> records,
                      std::size_t* number);
  void Disturb();
  void EndLife(Engine& engine);
  void AwaitEnds();
  bool AwaitEnd(std::size_t number);
  void CheckEnds();
  void CheckRecovered(Engine& engine);
  void CheckShown();
  void CheckAcknowledged(Engine& engine);
  // Sends the records until they are acknowledged.
  std::optional<wave::BatchOutcome> SendAll(Engine& engine, std::vector<std::size_t> records);
  void CheckReplay(const PublishedSnapshot& live);
  void Conclude();
  void Find(std::string finding) { findings.push_back(std::move(finding)); }

  const std::uint64_t seed_;
  const ScheduledFiles::Lies lies_;
  SimulatedFileSystem disk_;
  ScheduledFiles files_;
  ManualClock clock_{kNoon};
  std::uint32_t partitions_ = 1;
  std::vector<Sent> records_;
  std::vector<SentBatch> batches_;
  wave::BatchOutcome last_outcome_;
  bool cut_ = false;       // the power went while it lived
  bool failed_ = false;    // the engine that lives, or lived last
  SnapshotPointer shown_;  // the last that it published
};

void Run::MakeRecords() {
  partitions_ = 1 + static_cast<std::uint32_t>(Schedule::Below(3));
  // Nothing is marked, so that a time of receipt changes no figure. A test response is accepted as
  // often as it comes.
  for (Sent& record : MakeFieldwork(seed_, kUnits)) {
    const bool counts = record.status != wave::Status::kTest;
    if (counts && record.at <= kNoon) records_.push_back(std::move(record));
  }
}

EngineOptions Run::Options() {
  EngineOptions options;
  options.directory = kDirectory;
  options.render = report::RenderSnapshot;
  options.partitions = partitions_;
  options.snapshots_per_second = Pick({2.0, 50.0});
  options.queue_batches = Pick<std::size_t>({1, 2, 8});
  options.max_group_bytes = 300;  // four records
  options.segment_bytes = 24u << 10;
  options.room_patience = Pick<milliseconds>({milliseconds(0), milliseconds(200), kFarTooLong / 2});
  options.files = &files_;
  options.clock = &clock_;
  options.on_fatal = [this](const absl::Status&) {
    failed_ = true;
    ++tried.failures;
  };
  return options;
}

std::unique_ptr<Engine> Run::Open(bool armed) {
  failed_ = cut_ = false;
  auto engine = Engine::Open(TestWave(), Options());
  if (!engine.ok()) {
    ++tried.refused_opens;
    if (!armed) Find("the directory does not open: " + engine.status().ToString());
    return nullptr;
  }
  (*engine)->OnSnapshot([this](SnapshotPointer snapshot) {
    if (shown_ != nullptr && snapshot->version < shown_->version) Find("a version went back");
    shown_ = std::move(snapshot);
    ++tried.snapshots;
  });
  return *std::move(engine);
}

// Something fails while it opens, or the power does right afterwards.
void Run::OpenOnABadDay() {
  disk_.FailCall(1 + Schedule::Below(120),
                 Pick({absl::StatusCode::kUnavailable, absl::StatusCode::kResourceExhausted}));
  if (OneIn(2)) Schedule::RefuseThreads(1 + Schedule::Below(8));
  if (auto engine = Open(true); engine != nullptr) engine->Stop();
  Schedule::RefuseThreads(0);
  disk_.StopFailing();
  if (OneIn(2)) {
    disk_.Crash();
  } else {
    disk_.KillProcess();
  }
}

void Run::Body() {
  MakeRecords();
  files_.Ignore({});
  if (OneIn(3)) OpenOnABadDay();
  const std::uint64_t lives = 1 + Schedule::Below(2);
  for (std::uint64_t life = 0; life < lives && findings.empty(); ++life) {
    if (life > 0 && OneIn(4)) OpenOnABadDay();
    Live();
  }
  if (findings.empty()) Conclude();
}

void Run::Live() {
  auto engine = Open(false);
  if (engine == nullptr) return;
  CheckRecovered(*engine);
  if (!findings.empty()) return;
  files_.Ignore(lies_);
  std::vector<Thread> senders;
  for (std::uint64_t left = 1 + Schedule::Below(2); left > 0; --left) {
    senders.emplace_back([this, &engine] { SendSome(*engine); });
  }
  for (std::uint64_t left = Schedule::Below(8); left > 0; --left) Disturb();
  EndLife(*engine);
  for (Thread& sender : senders) sender.join();
  const SnapshotPointer last = engine->Latest();
  engine.reset();
  CheckEnds();
  files_.Ignore({});
  disk_.StopFailing();
  disk_.FillDirectory("");
  if (!cut_ && !failed_ && findings.empty()) CheckReplay(*last);
  // Whatever the life's end was, the power may go afterwards.
  if (OneIn(2)) {
    disk_.Crash();
    ++tried.power_cuts;
  } else {
    disk_.KillProcess();
  }
}

SubmitResult Run::Submit(Engine& engine, BatchBuilder& builder, std::vector<std::size_t> records,
                         std::size_t* number) {
  *number = batches_.size();
  batches_.push_back({.records = std::move(records)});
  builder.Begin();
  std::vector<Sent> sent;
  for (const std::size_t record : batches_[*number].records) sent.push_back(records_[record]);
  AddTo(builder, sent);
  auto batch = builder.Finish(kNoTime, *number);
  const auto done = [this](std::unique_ptr<Batch> ended) {
    SentBatch& of = batches_[ended->outcome.sequence];
    ++of.ends;
    of.end = ended->end;
    last_outcome_ = ended->outcome;
    if (ended->end == BatchEnd::kDurable) ++tried.acknowledged;
    if (ended->end == BatchEnd::kNoRoom) ++tried.no_room;
    if (ended->end == BatchEnd::kStopped) ++tried.stopped;
    Schedule::WakeAll(this);
  };
  const SubmitResult result = engine.Submit(batch, done);
  batches_[*number].taken = result == SubmitResult::kQueued;
  return result;
}

// New records in their order, and earlier ones again.
void Run::SendSome(Engine& engine) {
  BatchBuilder builder(engine.shared_wave(), engine.key(), {});
  std::size_t next = Schedule::Below(records_.size());
  for (std::uint64_t left = 6 + Schedule::Below(20); left > 0; --left) {
    std::vector<std::size_t> records;
    for (std::uint64_t size = 1 + Schedule::Below(6); size > 0; --size) {
      next = (next + 1) % records_.size();
      records.push_back(OneIn(4) ? Schedule::Below(records_.size()) : next);
    }
    std::size_t number = 0;
    const SubmitResult result = Submit(engine, builder, std::move(records), &number);
    if (result == SubmitResult::kStopped) return;
    if (result == SubmitResult::kQueued) {
      if (OneIn(4) && !AwaitEnd(number)) return;
      if (OneIn(2)) Schedule::Wait(&builder, Schedule::Now() + milliseconds(Schedule::Below(20)));
      continue;
    }
    Schedule::Wait(&builder,
                   Schedule::Now() + milliseconds(result == SubmitResult::kFull ? 1 : 60));
  }
}

// What happens while senders send.
void Run::Disturb() {
  Schedule::Wait(&disk_, Schedule::Now() + milliseconds(Schedule::Below(40)));
  switch (Schedule::Below(8)) {
    case 0:
    case 1:
    case 2:
      disk_.FillDirectory(
          OneIn(2) ? std::string(kDirectory)
                   : fmt::format("{}/partition-{:03}", kDirectory, Schedule::Below(partitions_)));
      break;
    case 3:
      disk_.FillDirectory("");
      break;
    case 4:
      if (OneIn(4)) disk_.FailCall(1 + Schedule::Below(40), absl::StatusCode::kUnavailable);
      break;
    default:
      clock_.AdvanceTo(clock_.Now() + static_cast<Micros>(Schedule::Below(50)) * kMicrosPerMinute);
  }
}

void Run::EndLife(Engine& engine) {
  switch (Schedule::Below(4)) {
    case 0:
      break;  // stopped while senders send
    case 1:
      disk_.Crash();
      ++tried.power_cuts;
      cut_ = true;
      break;
    case 2:
      Schedule::Wait(&disk_, Schedule::Now() + milliseconds(Schedule::Below(400)));
      break;
    default:
      // All that was taken ends, with or without room.
      if (OneIn(2)) disk_.FillDirectory("");
      AwaitEnds();
  }
  engine.Stop();
}

void Run::AwaitEnds() {
  for (std::size_t number = 0; number < batches_.size(); ++number) {
    if (batches_[number].taken && !AwaitEnd(number)) return;
  }
}

bool Run::AwaitEnd(std::size_t number) {
  const auto deadline = Schedule::Now() + kFarTooLong;
  while (batches_[number].ends == 0) {
    if (Schedule::Wait(this, deadline) || batches_[number].ends > 0) continue;
    Find(fmt::format("batch {} was taken and does not end", number));
    return false;
  }
  return true;
}

// Once each, before Stop has returned.
void Run::CheckEnds() {
  for (std::size_t number = 0; number < batches_.size(); ++number) {
    const SentBatch& batch = batches_[number];
    if (batch.ends == (batch.taken ? 1 : 0)) continue;
    Find(fmt::format("batch {} was {}taken and has ended {} times", number,
                     batch.taken ? "" : "not ", batch.ends));
  }
}

void Run::CheckRecovered(Engine& engine) {
  const SnapshotPointer now = engine.Latest();
  if (shown_ != nullptr) {
    for (std::uint32_t partition = 0; partition < partitions_; ++partition) {
      if (now->positions[partition] >= shown_->positions[partition]) continue;
      Find(fmt::format("partition {} was shown up to {} and ends at {}", partition,
                       shown_->positions[partition], now->positions[partition]));
    }
    if (findings.empty()) CheckShown();
  }
  std::set<std::string> possible;
  for (const Sent& record : records_) possible.insert(record.id);
  if (now->counters.respondents > possible.size()) Find("more respondents than units");
  if (findings.empty()) CheckAcknowledged(engine);
}

// Nothing was shown but what is durable now: the groups up to the snapshot's positions give it.
void Run::CheckShown() {
  archive::ExportOptions options;
  options.make_table = report::ResponsesCsvIn({});
  options.positions = shown_->positions;
  auto rows = archive::ResponsesExport::Open(files_, kDirectory, options);
  if (!rows.ok()) return Find("no export of what was shown: " + rows.status().ToString());
  std::string text;
  for (std::string page = (*rows)->NextPage(1 << 20); !page.empty();) {
    text += page;
    page = (*rows)->NextPage(1 << 20);
  }
  const std::string expected =
      fmt::format("# complete: {} rows, version {}", shown_->counters.respondents, shown_->version);
  if (text.find(expected) == std::string::npos) {
    Find("shown was more than is durable: " + expected + " is not what the journals hold");
  }
}

// What was acknowledged is known: sent again, none of it is accepted.
void Run::CheckAcknowledged(Engine& engine) {
  const std::size_t count = batches_.size();
  for (std::size_t number = 0; number < count; ++number) {
    const SentBatch& batch = batches_[number];
    if (batch.ends == 0 || batch.end != BatchEnd::kDurable) continue;
    const auto outcome = SendAll(engine, batch.records);
    if (!outcome.has_value()) return;
    const std::uint32_t lost = outcome->counts[static_cast<std::size_t>(wave::Result::kAccepted)];
    if (lost == 0) continue;
    Find(fmt::format("of batch {}, which was acknowledged, {} of {} records are lost", number, lost,
                     batch.records.size()));
    return;
  }
}

std::optional<wave::BatchOutcome> Run::SendAll(Engine& engine, std::vector<std::size_t> records) {
  BatchBuilder builder(engine.shared_wave(), engine.key(), {});
  std::size_t number = 0;
  SubmitResult result = Submit(engine, builder, records, &number);
  while (result == SubmitResult::kFull || result == SubmitResult::kNoRoom) {
    Schedule::Wait(&builder, Schedule::Now() + milliseconds(10));
    result = Submit(engine, builder, records, &number);
  }
  if (result != SubmitResult::kQueued) {
    Find("a healthy engine takes no batch");
    return std::nullopt;
  }
  if (!AwaitEnd(number)) return std::nullopt;
  if (batches_[number].end != BatchEnd::kDurable) {
    Find(fmt::format("batch {} is not durable on a healthy disk", number));
    return std::nullopt;
  }
  return last_outcome_;
}

// A replay gives what an engine that stopped in peace showed last.
void Run::CheckReplay(const PublishedSnapshot& live) {
  auto replayed = archive::Replay(files_, kDirectory, std::nullopt);
  if (!replayed.ok()) return Find("it does not replay: " + replayed.status().ToString());
  const snapshot::Json again = report::SnapshotToJson(replayed->Inputs());
  if (again.estimates() != live.rendered.json.estimates()) Find("a replay gives other estimates");
  if (again.collection() != live.rendered.json.collection())
    Find("a replay gives another collection");
  if (HistoryText(*replayed->wave, replayed->hours, replayed->counters) !=
      HistoryText(*live.wave, *live.hours, live.counters)) {
    Find("a replay gives another history");
  }
}

// Everything sent again gives what records in any order give, and a replay gives it once more.
void Run::Conclude() {
  auto engine = Open(false);
  if (engine == nullptr) return;
  CheckRecovered(*engine);
  if (!findings.empty()) return;
  std::vector<std::size_t> all(records_.size());
  for (std::size_t record = 0; record < all.size(); ++record) all[record] = record;
  if (!SendAll(*engine, all).has_value()) return;
  engine->Stop();
  CheckEnds();
  const SnapshotPointer live = engine->Latest();
  engine.reset();

  auto model = offline::Survey::Create(TestWave(), {});
  PP_CHECK(model.ok());
  for (const Sent& record : records_) AddOffline(**model, record);
  const snapshot::Json expected = report::SnapshotToJson((*model)->Estimate());
  if (live->rendered.json.estimates() != expected.estimates())
    Find("the estimates are not the model's");
  if (live->counters.respondents != (*model)->state().counters().respondents) {
    Find("the respondents are not the model's");
  }

  CheckReplay(*live);
}

}  // namespace

void Tried::Add(const Tried& other) {
  steps += other.steps;
  acknowledged += other.acknowledged;
  no_room += other.no_room;
  stopped += other.stopped;
  failures += other.failures;
  power_cuts += other.power_cuts;
  refused_opens += other.refused_opens;
  snapshots += other.snapshots;
}

Simulated Simulate(std::uint64_t seed, ScheduledFiles::Lies lies) {
  Run run(seed, lies);
  Schedule schedule(seed);
  schedule.Run([&run] { run.Body(); });
  run.tried.steps = schedule.steps();
  return {.findings = std::move(run.findings), .tried = run.tried};
}

}  // namespace panelpuls::engine::testing
