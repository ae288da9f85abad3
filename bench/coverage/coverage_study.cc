// Coverage of intervals and confidence sequences over simulated fieldworks: each fieldwork is
// estimated again and again as its respondents come in, and held against the population's truth.
// Writes sums as CSV; tools/coverage-report makes them readable.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/file.h"
#include "offline/survey.h"
#include "sim/fieldwork.h"
#include "tally.h"
#include "wave/definition.h"

namespace panelpuls::bench {
namespace {

struct Options {
  std::string wave, population, parameters;
  std::uint64_t fieldworks = 1000;
  std::uint64_t seed = 1;
  std::uint64_t looks = 45;
  std::uint64_t first_n = 60;
  std::uint64_t planned_n = 4000;
  std::uint64_t threads = 2;
  std::vector<std::uint64_t> at;  // looks that must be among them
};

// Numbers of respondents in geometric progression; the nearest give way to those asked for.
std::vector<std::uint64_t> Looks(const Options& options) {
  std::vector<std::uint64_t> looks;
  const auto last = static_cast<double>(options.looks - 1);
  const double ratio =
      static_cast<double>(options.planned_n) / static_cast<double>(options.first_n);
  for (std::uint64_t i = 0; i < options.looks; ++i) {
    const double power = std::pow(ratio, static_cast<double>(i) / last);
    looks.push_back(
        static_cast<std::uint64_t>(std::llround(static_cast<double>(options.first_n) * power)));
  }
  for (const std::uint64_t wanted : options.at) {
    const auto distance = [wanted](std::uint64_t look) {
      return std::abs(std::log(static_cast<double>(look) / static_cast<double>(wanted)));
    };
    *std::min_element(looks.begin(), looks.end(), [&](std::uint64_t a, std::uint64_t b) {
      return distance(a) < distance(b);
    }) = wanted;
  }
  return looks;
}

absl::Status AddFieldwork(const sim::Fieldwork& fieldwork, const std::vector<std::uint64_t>& looks,
                          std::optional<Tally>* tally) {
  const auto& population = fieldwork.population();
  const auto& wave = population.wave();
  const std::vector<wave::FrameUnit> no_frame;
  PP_ASSIGN_OR_RETURN(
      const auto offline,
      offline::Survey::Create(wave, {.frame = wave->has_frame ? fieldwork.frame() : no_frame}));
  if (!*tally) tally->emplace(population, *offline->Estimate().keys, looks);
  (*tally)->BeginFieldwork();
  std::size_t look = 0;
  for (const sim::Message& message : fieldwork.messages()) {
    wave::Rejection rejection;
    if (offline->Add(message.response, &rejection) == wave::Result::kRejected) {
      return Internal("a simulated response was rejected: {}: {}", rejection.field,
                      rejection.reason);
    }
    if (offline->state().counters().respondents < looks[look]) continue;
    (*tally)->AddLook(look, *offline->Estimate().estimates);
    if (++look == looks.size()) break;
  }
  (*tally)->EndFieldwork();
  return absl::OkStatus();
}

absl::StatusOr<std::string> Study(const Options& options) {
  wave::LoadOptions load;
  load.population_file = options.population;
  PP_ASSIGN_OR_RETURN(const auto wave, wave::LoadWave(PosixFileSystem(), options.wave, load));
  PP_ASSIGN_OR_RETURN(
      const auto population,
      sim::Population::Make(PosixFileSystem(), wave, {.parameters_file = options.parameters}));
  const std::vector<std::uint64_t> looks = Looks(options);

  std::mutex mutex;  // of what follows
  std::optional<Tally> whole;
  absl::Status status;
  std::vector<std::thread> workers;
  for (std::uint64_t worker = 0; worker < options.threads; ++worker) {
    workers.emplace_back([&, worker] {
      std::optional<Tally> tally;
      absl::Status result;
      for (std::uint64_t i = worker; i < options.fieldworks && result.ok(); i += options.threads) {
        result = AddFieldwork(
            *sim::Fieldwork::Make(population, {.seed = options.seed + i, .case_events = false}),
            looks, &tally);
      }
      const std::lock_guard lock(mutex);
      status.Update(result);
      if (!tally) return;
      if (whole) {
        whole->Add(*tally);
      } else {
        whole = std::move(tally);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  PP_RETURN_IF_ERROR(status);
  if (!whole) return InvalidArgument("no fieldwork was simulated: --fieldworks is 1 or more");
  return whole->ToCsv();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Coverage of intervals over simulated fieldworks, as CSV on standard output");
  app.add_option("--wave", options.wave)->required();
  app.add_option("--population", options.population, "population totals");
  app.add_option("--parameters", options.parameters, "of the simulation");
  app.add_option("--fieldworks", options.fieldworks)->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", options.seed);
  app.add_option("--looks", options.looks)->check(CLI::Range(2, 1000));
  app.add_option("--first-n", options.first_n)->check(CLI::Range(1, 1'000'000));
  app.add_option("--planned-n", options.planned_n)->check(CLI::Range(2, 10'000'000));
  app.add_option("--at", options.at, "respondents at which there is a look in any case");
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 256));
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> csv = Study(options);
  if (!csv.ok()) {
    fmt::print(stderr, "{}\n", ToStd(csv.status().message()));
    return 1;
  }
  std::fwrite(csv->data(), 1, csv->size(), stdout);
  return 0;
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) { return panelpuls::bench::Main(argc, argv); }
