// Other stores doing panelpuls' work on the same bytes, in turn with panelpuls itself, round by
// round: wire bytes -> records with pseudonyms (the project's own code for all) -> durable
// transactions that keep each word's newest version and live sums by cell and group. Each store
// runs under both rules: a transaction takes what waits, as panelpuls' groups do, or one batch.
// What is read back after each round must be the truth, or nothing is printed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "peers/measure.h"
#include "peers/truth.h"
#include "report/snapshot.h"
#include "wave/definition.h"

namespace panelpuls::bench {
namespace {

constexpr std::string_view kOurName = "panelpuls";

// What a store's transaction takes.
struct Rule {
  std::string_view name;
  std::size_t max_batches = 0;
};
// 64 batches of 1,000 are about what a group of panelpuls holds at most.
constexpr Rule kRules[] = {{"waiting", 64}, {"a batch", 1}};

// A row of the table: a store under a rule.
using RowName = std::pair<std::string, std::string_view>;

struct Arguments {
  std::string wave_file, population_file, responses, directory, postgres, redis;
  std::vector<std::string> only;
  std::uint32_t batch_size = 1000;
  int rounds = 3;
  double max_seconds = 300;
};

struct Line {
  std::string description, durability;
  std::vector<Measurement> rounds;
};

identity::DirectoryKey BenchKey() {
  std::array<std::byte, 32> bytes{};
  bytes.fill(std::byte{7});
  return identity::DirectoryKey::FromBytes(bytes);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

absl::Status Compare(std::string_view name, const Totals& found, const Totals& truth) {
  if (found == truth) return absl::OkStatus();
  return DataLoss("{} holds {}; the truth is {}", name, Describe(found), Describe(truth));
}

class Comparison {
 public:
  Comparison(const Arguments& arguments, std::shared_ptr<const wave::Wave> wave, Workload workload)
      : arguments_(arguments),
        wave_(std::move(wave)),
        workload_(std::move(workload)),
        key_(BenchKey()),
        clock_(wave_->fieldwork_start_time + 365 * 24 * kMicrosPerHour),
        truth_(wave_, clock_.Now()) {}

  absl::Status Run() {
    PP_RETURN_IF_ERROR(FindTruth());
    const auto bytes = static_cast<double>(workload_.bytes);
    std::printf("work: %s; batches of %u, %.1f MB, %.0f bytes a response\n",
                truth_.Describe().c_str(), arguments_.batch_size, bytes / 1e6,
                bytes / static_cast<double>(workload_.responses));
    const auto began = std::chrono::steady_clock::now();
    for (int round = 0; round < arguments_.rounds; ++round) {
      PP_RETURN_IF_ERROR(RunRound());
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
      if (spent.count() * (round + 2) / (round + 1) > arguments_.max_seconds &&
          round + 1 < arguments_.rounds) {
        std::printf("stopped after %d rounds: another would pass %.0f s\n", round + 1,
                    arguments_.max_seconds);
        break;
      }
    }
    Print();
    return absl::OkStatus();
  }

 private:
  absl::Status FindTruth() {
    Intake intake(wave_, key_);
    for (const std::string& bytes : workload_.batches) {
      PP_ASSIGN_OR_RETURN(auto batch, intake.Read(bytes));
      truth_.Add(*batch);
      intake.Recycle(std::move(batch));
    }
    return absl::OkStatus();
  }

  // Each peer stands between two runs of panelpuls, so that a pair is close in time.
  absl::Status RunRound() {
    PP_RETURN_IF_ERROR(RunOurs());
    for (const StoreKind& kind : BuiltStores()) {
      if (!arguments_.only.empty() && std::find(arguments_.only.begin(), arguments_.only.end(),
                                                kind.name) == arguments_.only.end()) {
        continue;
      }
      for (const Rule& rule : kRules) PP_RETURN_IF_ERROR(RunPair(kind, rule));
    }
    return absl::OkStatus();
  }

  absl::Status RunPair(const StoreKind& kind, const Rule& rule) {
    PP_RETURN_IF_ERROR(RunPeer(kind, rule));
    if (absent_.contains(std::string(kind.name))) return absl::OkStatus();
    PP_RETURN_IF_ERROR(RunOurs());
    const RowName row(kind.name, rule.name);
    const std::vector<Measurement>& ours = lines_[OurRow()].rounds;
    const double peer = lines_[row].rounds.back().seconds;
    ratios_[row].push_back(peer / ours[ours.size() - 2].seconds);
    ratios_[row].push_back(peer / ours.back().seconds);
    return absl::OkStatus();
  }

  absl::Status RunPeer(const StoreKind& kind, const Rule& rule) {
    const std::string name(kind.name);
    const std::string folder = arguments_.directory + "/" + name;
    PP_RETURN_IF_ERROR(PosixFileSystem().CreateDirectories(folder));
    {
      absl::StatusOr<std::unique_ptr<Store>> store = kind.make({.wave = wave_,
                                                                .receipt_time = clock_.Now(),
                                                                .directory = folder,
                                                                .postgres = arguments_.postgres,
                                                                .redis = arguments_.redis});
      if (absl::IsNotFound(store.status())) {
        absent_[name] = std::string(store.status().message());
        return absl::OkStatus();
      }
      PP_RETURN_IF_ERROR(store.status());
      Line& line = lines_[RowName(name, rule.name)];
      line.description = (*store)->Description();
      PP_ASSIGN_OR_RETURN(line.durability, (*store)->Durability());
      Intake intake(wave_, key_);
      {
        const std::unique_ptr<Target> target = TargetOf(**store, rule.max_batches);
        PP_ASSIGN_OR_RETURN(const Measurement measured, Measure(workload_, intake, *target, [&] {
                              return (*store)->Processes();
                            }));
        line.rounds.push_back(measured);
      }
      PP_ASSIGN_OR_RETURN(const Totals totals, (*store)->ReadBack());
      PP_RETURN_IF_ERROR(Compare(name, totals, truth_.OfWords()));
    }
    std::filesystem::remove_all(folder);
    return absl::OkStatus();
  }

  absl::Status RunOurs() {
    const std::string folder = arguments_.directory + "/" + std::string(kOurName);
    engine::EngineOptions options;
    options.render = report::RenderSnapshot;
    options.directory = folder;
    options.clock = &clock_;
    PP_ASSIGN_OR_RETURN(const auto engine, engine::Engine::Open(wave_, options));
    Line& line = lines_[OurRow()];
    line.description = "panelpuls, in process";
    line.durability = fmt::format("fdatasync a group, {:.0f} snapshots a second beside it",
                                  options.snapshots_per_second);
    Intake intake(wave_, engine->key());
    const std::unique_ptr<Target> target = TargetOf(*engine);
    PP_ASSIGN_OR_RETURN(const Measurement measured,
                        Measure(workload_, intake, *target, [] { return std::vector<pid_t>(); }));
    line.rounds.push_back(measured);
    engine->Stop();
    PP_RETURN_IF_ERROR(Compare(kOurName, TotalsOf(*engine), truth_.OfUnits()));
    std::filesystem::remove_all(folder);
    return absl::OkStatus();
  }

  // Its groups take all that waits; there is no other rule to run it under.
  static RowName OurRow() { return {std::string(kOurName), kRules[0].name}; }

  void PrintLine(const RowName& row, const Line& line) const {
    const auto responses = static_cast<double>(workload_.responses);
    std::vector<double> rates, intake, own, batches;
    for (const Measurement& round : line.rounds) {
      rates.push_back(responses / round.seconds);
      intake.push_back(round.intake_cpu_seconds / responses * 1e9);
      own.push_back((round.cpu_seconds - round.intake_cpu_seconds) / responses * 1e9);
      batches.push_back(round.batches_a_commit);
    }
    const auto ratio = ratios_.find(row);
    std::printf("%-11s %-8s %12.0f %9s %9.1f %9.0f %9.0f %7zu\n", row.first.c_str(),
                std::string(row.second).c_str(), Median(rates),
                ratio == ratios_.end() ? "" : fmt::format("{:.1f}", Median(ratio->second)).c_str(),
                Median(batches), Median(intake), Median(own), line.rounds.size());
  }

  void Print() const {
    std::printf("%-11s %-8s %12s %9s %9s %9s %9s %7s\n", "store", "commits", "responses/s",
                "ours/it", "batches", "intake ns", "store ns", "rounds");
    for (const auto& [row, line] : lines_) PrintLine(row, line);
    std::printf(
        "commits: what waits, at most %zu batches, or a batch each, %zu batches on their way for "
        "all; responses/s: medians;\nours/it: median over the pairs with the runs of panelpuls "
        "before and after it; batches: a commit, on average; ns: CPU a response,\nintake decodes, "
        "resolves and pseudonymises (the same code for all), store is all the rest, its server's "
        "and ours\n",
        kRules[0].max_batches, kInFlight);
    for (const auto& [row, line] : lines_) {
      if (row.second != kRules[0].name) continue;
      std::printf("%s: %s; %s\n", row.first.c_str(), line.description.c_str(),
                  line.durability.c_str());
    }
    for (const auto& [name, reason] : absent_)
      std::printf("%s: %s\n", name.c_str(), reason.c_str());
    for (const std::string& missing : MissingStores()) std::printf("%s\n", missing.c_str());
    std::printf("totals read back equal the truth in every round\n");
  }

  const Arguments& arguments_;
  const std::shared_ptr<const wave::Wave> wave_;
  const Workload workload_;
  const identity::DirectoryKey key_;
  const ManualClock clock_;  // behind the fieldwork, so that no response is marked by today's date
  Truth truth_;
  std::map<RowName, Line> lines_;
  std::map<RowName, std::vector<double>> ratios_;  // its seconds / panelpuls' seconds
  std::map<std::string, std::string> absent_;      // [peer] why
};

absl::Status RunAll(const Arguments& arguments) {
  PP_ASSIGN_OR_RETURN(const auto wave,
                      wave::LoadWave(PosixFileSystem(), arguments.wave_file,
                                     {.population_file = arguments.population_file}));
  PP_ASSIGN_OR_RETURN(Workload workload, ReadWorkload(arguments.responses, arguments.batch_size));
  PP_RETURN_IF_ERROR(PosixFileSystem().CreateDirectories(arguments.directory));
  return Comparison(arguments, wave, std::move(workload)).Run();
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  panelpuls::bench::Arguments arguments;
  CLI::App app("Other stores doing panelpuls' work on the same bytes");
  app.add_option("--wave", arguments.wave_file, "Wave definition")->required();
  app.add_option("--population", arguments.population_file, "Instead of the definition's own");
  app.add_option("--responses", arguments.responses, "Of 'panelpuls simulate --output FILE.pb'")
      ->required();
  app.add_option("--directory", arguments.directory, "On the disk to be measured")->required();
  app.add_option("--postgres", arguments.postgres, "Connection string of a server for this alone");
  app.add_option("--redis", arguments.redis, "Socket of a server for this alone");
  app.add_option("--only", arguments.only, "Peers to run")
      ->delimiter(',')
      ->check(CLI::IsMember({"lmdb", "sqlite", "postgresql", "redis"}));
  app.add_option("--batch", arguments.batch_size, "Responses a batch")->check(CLI::Range(1, 10000));
  app.add_option("--rounds", arguments.rounds, "Rounds")->check(CLI::Range(1, 1000));
  app.add_option("--max-seconds", arguments.max_seconds, "No round begins that would pass this");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = panelpuls::bench::RunAll(arguments);
  if (!status.ok()) std::fprintf(stderr, "peers_study: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
