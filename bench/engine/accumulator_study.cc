// The hand-over of the cube against a mutex, shared atomic additions and a sequence lock: the same
// responses of the real wave, one and two writers, a reader that takes no cut, ten a second, or as
// many as it can; groups back to back, or a millisecond apart as where each is made durable.
// First every design must have the sums of a plain cube. A cut is torn when its counts are not
// those of whole groups: n of the indicator's table and respondents differ, or end inside a group.
//   ns         CPU of the writers, a response
//   group us   time of a group at its writer: median, 99.9 %, longest (preemption included)
//   waits      of a thousand groups those at which the writer was put to sleep (voluntary switches)
//   cut us     CPU of the reader, a cut
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <limits>
#include <string>

#include "engine/accumulators.h"
#include "state/contributor.h"
#include "state/panel.h"

namespace panelpuls::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

constexpr std::size_t kGroupSize = 1000;
constexpr std::size_t kGroups = 100;
constexpr int kEndless = 1'000'000;

double ThreadCpuSeconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// How often this thread went to sleep by itself.
long Sleeps() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

// Responses of the real wave as the cube's entries.
class Work {
 public:
  Work() : wave_(RealWave(kGroups * kGroupSize)) {
    const std::vector<std::byte> records = RandomRecords(*wave_, kGroups * kGroupSize, 0);
    state::Contributor contributor(*wave_);
    entries_.reserve(kGroups * kGroupSize * contributor.max_entries());
    state::Contribution contribution;
    for (std::size_t place = 0; place < kGroups * kGroupSize; ++place) {
      const std::byte* const record = records.data() + place * wave_->layout.size;
      contributor.Compute(record, wave::LoadResponseHeader(record).channel, &contribution);
      const std::size_t begin = entries_.size();
      entries_.insert(entries_.end(), contribution.entries.begin(), contribution.entries.end());
      responses_.push_back({.cell = static_cast<std::uint32_t>(contribution.cell),
                            .entries = std::span(entries_).subspan(begin)});
    }
  }

  CubeSize size() const {
    const state::CubeShape shape(*wave_);
    return {.cells = shape.cells, .entries = shape.entries};
  }
  ResponseGroup group(std::size_t number) const {
    return std::span(responses_).subspan(number % kGroups * kGroupSize, kGroupSize);
  }
  double entries_a_response() const {
    return static_cast<double>(entries_.size()) / static_cast<double>(responses_.size());
  }

  bool IsWhole(const ReadCut& cut) const {
    const wave::Table& table = wave_->tables.front();
    const std::size_t entries = size().entries;
    PP_CHECK(table.columns == 1);
    std::uint64_t n = 0;
    for (std::size_t cell = 0; cell < size().cells; ++cell) {
      for (std::uint32_t row = 0; row < table.rows; ++row) {
        n += cut.counts[cell * entries + table.EntryOf(row, 0)];
      }
    }
    return n == cut.respondents && n % kGroupSize == 0;
  }

 private:
  const std::shared_ptr<const wave::Wave> wave_;
  std::vector<std::uint32_t> entries_;  // reserved: views stay
  std::vector<CountedResponse> responses_;
};

struct Design {
  const char* name;
  bool cuts_are_whole;  // what it promises
  std::function<std::unique_ptr<Accumulator>(const CubeSize&, int writers)> make;
};

template <typename Kind>
Design DesignOf(const char* name, bool cuts_are_whole) {
  return {name, cuts_are_whole,
          [](const CubeSize& size, int writers) -> std::unique_ptr<Accumulator> {
            return std::make_unique<Kind>(size, writers);
          }};
}

std::vector<Design> Designs() {
  return {DesignOf<MutexAccumulator>("mutex", true),
          DesignOf<SharedAccumulator>("fetch_add", false),
          DesignOf<SequenceAccumulator>("seqlock", true),
          DesignOf<HandOverAccumulator>("hand_over", true)};
}

ReadCut EmptyCut(const Work& work) {
  return {
      .counts = std::vector<std::uint32_t>(work.size().counts()), .respondents = 0, .attempts = 0};
}

void CheckSums(const Work& work, const Design& design, int writers) {
  ReadCut expected = EmptyCut(work);
  const auto accumulator = design.make(work.size(), writers);
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (std::size_t number = static_cast<std::size_t>(writer); number < kGroups;
           number += static_cast<std::size_t>(writers)) {
        accumulator->Apply(writer, work.group(number));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t number = 0; number < kGroups; ++number) {
    for (const CountedResponse& response : work.group(number)) {
      for (const std::uint32_t entry : response.entries) {
        ++expected.counts[response.cell * work.size().entries + entry];
      }
      ++expected.respondents;
    }
  }
  // A reader may wait for a writer's next group: one of no response.
  ReadCut cut = EmptyCut(work);
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    Require(accumulator->Read(stop, &cut), "a cut");
    stop.store(true);  // pairs-with: the load below; join makes the cut visible
  });
  while (!stop.load()) {
    for (int writer = 0; writer < writers; ++writer) accumulator->Apply(writer, {});
  }
  reader.join();
  Require(cut.counts == expected.counts && cut.respondents == expected.respondents, design.name);
}

struct Case {
  int writers = 1;
  int cuts_a_second = 0;
  std::chrono::microseconds gap{0};  // between groups
};

struct Figures {
  std::vector<double> group_micros;
  std::uint64_t waits = 0;
  double writer_cpu_seconds = 0;
  double reader_cpu_seconds = 0;
  std::uint64_t cuts = 0, attempts = 0, torn = 0;
};

void Write(const Work& work, int writer, std::chrono::microseconds gap, SteadyClock::time_point end,
           Accumulator& accumulator, Figures* figures) {
  const double cpu_before = ThreadCpuSeconds();
  for (auto number = static_cast<std::size_t>(writer) * kGroups / 2;; ++number) {
    const long sleeps = Sleeps();
    const auto begin = SteadyClock::now();
    if (begin >= end) break;
    accumulator.Apply(writer, work.group(number));
    figures->group_micros.push_back(Micros(SteadyClock::now() - begin).count());
    if (Sleeps() != sleeps) ++figures->waits;
    if (gap.count() > 0) std::this_thread::sleep_for(gap);
  }
  figures->writer_cpu_seconds = ThreadCpuSeconds() - cpu_before;
}

void TakeCuts(const Work& work, int cuts_a_second, const std::atomic<bool>& stop,
              Accumulator& accumulator, Figures* figures) {
  ReadCut cut = EmptyCut(work);
  auto next = SteadyClock::now();
  while (!stop.load(std::memory_order::relaxed)) {
    const double cpu_before = ThreadCpuSeconds();
    const bool read = accumulator.Read(stop, &cut);
    figures->reader_cpu_seconds += ThreadCpuSeconds() - cpu_before;
    figures->attempts += cut.attempts;
    if (!read) break;
    ++figures->cuts;
    if (!work.IsWhole(cut)) ++figures->torn;
    if (cuts_a_second >= kEndless) continue;
    next += std::chrono::microseconds(1'000'000 / cuts_a_second);
    std::this_thread::sleep_until(next);
  }
}

Figures Time(const Work& work, const Design& design, const Case& the_case,
             std::chrono::milliseconds duration) {
  const auto accumulator = design.make(work.size(), the_case.writers);
  std::vector<Figures> written(static_cast<std::size_t>(the_case.writers));
  for (Figures& figures : written) figures.group_micros.reserve(1 << 20);
  Figures all;
  // pairs-with: the loads of the reader; it carries nothing but itself.
  std::atomic<bool> stop{false};
  const auto end = SteadyClock::now() + duration;
  std::thread reader;
  if (the_case.cuts_a_second > 0) {
    reader = std::thread([&] { TakeCuts(work, the_case.cuts_a_second, stop, *accumulator, &all); });
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < the_case.writers; ++writer) {
    writers.emplace_back([&, writer] {
      Write(work, writer, the_case.gap, end, *accumulator,
            &written[static_cast<std::size_t>(writer)]);
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop.store(true, std::memory_order::relaxed);
  if (reader.joinable()) reader.join();
  for (const Figures& figures : written) {
    all.group_micros.insert(all.group_micros.end(), figures.group_micros.begin(),
                            figures.group_micros.end());
    all.waits += figures.waits;
    all.writer_cpu_seconds += figures.writer_cpu_seconds;
  }
  std::sort(all.group_micros.begin(), all.group_micros.end());
  return all;
}

// Of a run so short that no group was measured: nan.
double Quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void Print(const Design& design, const Case& the_case, const Figures& figures,
           std::chrono::milliseconds duration) {
  const double responses = static_cast<double>(figures.group_micros.size() * kGroupSize);
  const double seconds = std::chrono::duration<double>(duration).count();
  const std::string wanted =
      the_case.cuts_a_second >= kEndless ? "max" : fmt::format("{}/s", the_case.cuts_a_second);
  const auto a_cut = [&](double value) {
    return figures.cuts == 0 ? std::string("-")
                             : fmt::format("{:.1f}", value / static_cast<double>(figures.cuts));
  };
  std::printf(
      "%-10s %7d %7s %6lld %6.1f %8.1f %8.1f %8.1f %7.2f %8.1f %8s %8s %6llu\n", design.name,
      the_case.writers, wanted.c_str(), static_cast<long long>(the_case.gap.count()),
      figures.writer_cpu_seconds / responses * 1e9, Quantile(figures.group_micros, 0.5),
      Quantile(figures.group_micros, 0.999), Quantile(figures.group_micros, 1),
      static_cast<double>(figures.waits) / responses * 1000 * kGroupSize,
      static_cast<double>(figures.cuts) / seconds, a_cut(figures.reader_cpu_seconds * 1e6).c_str(),
      a_cut(static_cast<double>(figures.attempts)).c_str(),
      static_cast<unsigned long long>(figures.torn));
}

void RunAll(std::chrono::milliseconds duration) {
  const Work work;
  for (const Design& design : Designs()) {
    for (const int writers : {1, 2}) CheckSums(work, design, writers);
  }
  std::printf("%zu cells of %zu entries, %.1f entries a response, groups of %zu\n",
              work.size().cells, work.size().entries, work.entries_a_response(), kGroupSize);
  std::printf("%-10s %7s %7s %6s %6s %8s %8s %8s %7s %8s %8s %8s %6s\n", "design", "writers",
              "wanted", "gap us", "ns", "group us", "99.9 %", "longest", "waits", "cuts/s",
              "cut us", "attempts", "torn");
  for (const int writers : {1, 2}) {
    for (const auto gap : {std::chrono::microseconds(0), std::chrono::microseconds(1000)}) {
      for (const int cuts_a_second : {0, 10, kEndless}) {
        for (const Design& design : Designs()) {
          const Case the_case{.writers = writers, .cuts_a_second = cuts_a_second, .gap = gap};
          const Figures figures = Time(work, design, the_case, duration);
          Require(figures.torn == 0 || !design.cuts_are_whole, design.name);
          Print(design, the_case, figures, duration);
        }
      }
    }
  }
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) {
  int milliseconds = 1000;
  CLI::App app("Ways to let one reader take cuts of counts that writers keep adding to");
  app.add_option("--milliseconds", milliseconds, "Of each case")->check(CLI::Range(1, 60'000));
  CLI11_PARSE(app, argc, argv);
  panelpuls::bench::RunAll(std::chrono::milliseconds(milliseconds));
  return 0;
}
