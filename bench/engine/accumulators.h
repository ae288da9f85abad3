// Four ways to let one reader take cuts of counts that writers keep adding to: the one that is
// used (HandOver, a partition a writer) and three that lost (docs/DECISIONS.md). All do the same
// work: a group's responses into the cube, and a cut of the whole cube for the reader.
// Threads  Apply: writer w from its own thread; Read: one reader.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/doorbell.h"
#include "base/hand_over.h"

namespace panelpuls::bench {

// Entries of the cube that a response counts in: all in the block of one cell.
struct CountedResponse {
  std::uint32_t cell = 0;
  std::span<const std::uint32_t> entries;
};
using ResponseGroup = std::span<const CountedResponse>;

struct CubeSize {
  std::size_t cells = 0;
  std::size_t entries = 0;  // of a cell's block
  std::size_t counts() const { return cells * entries; }
};

// What the reader works on: its own.
struct ReadCut {
  std::vector<std::uint32_t> counts;  // [cell][entry]
  std::uint64_t respondents = 0;
  std::uint64_t attempts = 0;  // to take it
};

class Accumulator {
 public:
  virtual ~Accumulator() = default;
  virtual void Apply(int writer, ResponseGroup group) = 0;
  // False: no cut, `stop` was set meanwhile.
  virtual bool Read(const std::atomic<bool>& stop, ReadCut* cut) = 0;
};

// A writer's own cube into the cut.
inline void Merge(const std::vector<std::uint32_t>& counts, std::uint64_t respondents,
                  bool is_first, ReadCut* cut) {
  if (is_first) {
    std::copy(counts.begin(), counts.end(), cut->counts.begin());
    cut->respondents = respondents;
    return;
  }
  for (std::size_t place = 0; place < counts.size(); ++place) cut->counts[place] += counts[place];
  cut->respondents += respondents;
}

// One cube; a group and a copy of the cube exclude each other.
class MutexAccumulator final : public Accumulator {
 public:
  MutexAccumulator(const CubeSize& size, int) : size_(size), counts_(size.counts()) {}

  void Apply(int, ResponseGroup group) override {
    std::lock_guard lock(mutex_);
    for (const CountedResponse& response : group) {
      std::uint32_t* const block = counts_.data() + response.cell * size_.entries;
      for (const std::uint32_t entry : response.entries) ++block[entry];
    }
    respondents_ += group.size();
  }
  bool Read(const std::atomic<bool>&, ReadCut* cut) override {
    std::lock_guard lock(mutex_);
    std::copy(counts_.begin(), counts_.end(), cut->counts.begin());
    cut->respondents = respondents_;
    cut->attempts = 1;
    return true;
  }

 private:
  const CubeSize size_;
  std::mutex mutex_;
  std::vector<std::uint32_t> counts_;
  std::uint64_t respondents_ = 0;
};

// One cube of atomics that every writer adds to; the reader reads what it finds.
class SharedAccumulator final : public Accumulator {
 public:
  SharedAccumulator(const CubeSize& size, int) : size_(size), counts_(size.counts()) {}

  void Apply(int, ResponseGroup group) override {
    for (const CountedResponse& response : group) {
      auto* const block = counts_.data() + response.cell * size_.entries;
      for (const std::uint32_t entry : response.entries) {
        block[entry].fetch_add(1, std::memory_order::relaxed);
      }
    }
    respondents_.fetch_add(group.size(), std::memory_order::relaxed);
  }
  bool Read(const std::atomic<bool>&, ReadCut* cut) override {
    for (std::size_t place = 0; place < counts_.size(); ++place) {
      cut->counts[place] = counts_[place].load(std::memory_order::relaxed);
    }
    cut->respondents = respondents_.load(std::memory_order::relaxed);
    cut->attempts = 1;
    return true;
  }

 private:
  const CubeSize size_;
  // pairs-with: nothing; that is what is wrong with it.
  std::vector<std::atomic<std::uint32_t>> counts_;
  std::atomic<std::uint64_t> respondents_{0};
};

// A cube a writer; its sequence is odd while a group goes in, and the reader copies until it has
// seen the same even sequence before and after.
class SequenceAccumulator final : public Accumulator {
 public:
  SequenceAccumulator(const CubeSize& size, int writers) : size_(size) {
    for (int writer = 0; writer < writers; ++writer) {
      parts_.push_back(std::make_unique<Part>(size));
    }
  }

  void Apply(int writer, ResponseGroup group) override {
    Part& part = *parts_[static_cast<std::size_t>(writer)];
    const std::uint64_t sequence = part.sequence.load(std::memory_order::relaxed);
    part.sequence.store(sequence + 1, std::memory_order::relaxed);
    std::atomic_thread_fence(std::memory_order::release);
    for (const CountedResponse& response : group) {
      auto* const block = part.counts.data() + response.cell * size_.entries;
      for (const std::uint32_t entry : response.entries) Increase(block[entry], 1u);
    }
    Increase(part.respondents, std::uint64_t{group.size()});
    part.sequence.store(sequence + 2, std::memory_order::release);
  }
  bool Read(const std::atomic<bool>& stop, ReadCut* cut) override {
    cut->attempts = 0;
    for (const auto& part : parts_) {
      std::uint64_t respondents = 0;
      if (!ReadPart(*part, stop, &respondents, &cut->attempts)) return false;
      Merge(part->copy, respondents, part == parts_.front(), cut);
    }
    return true;
  }

 private:
  struct Part {
    explicit Part(const CubeSize& size) : counts(size.counts()), copy(size.counts()) {}
    // pairs-with: ReadPart. Even and the same before and after: no group went in meanwhile.
    alignas(64) std::atomic<std::uint64_t> sequence{0};
    std::vector<std::atomic<std::uint32_t>> counts;
    std::atomic<std::uint64_t> respondents{0};
    alignas(64) std::vector<std::uint32_t> copy;  // the reader's
  };

  template <typename Count>
  static void Increase(std::atomic<Count>& count, Count by) {
    count.store(count.load(std::memory_order::relaxed) + by, std::memory_order::relaxed);
  }
  static bool ReadPart(Part& part, const std::atomic<bool>& stop, std::uint64_t* respondents,
                       std::uint64_t* attempts) {
    for (;;) {
      ++*attempts;
      const std::uint64_t before = part.sequence.load(std::memory_order::acquire);
      if (before % 2 == 0) {
        for (std::size_t place = 0; place < part.counts.size(); ++place) {
          part.copy[place] = part.counts[place].load(std::memory_order::relaxed);
        }
        *respondents = part.respondents.load(std::memory_order::relaxed);
        std::atomic_thread_fence(std::memory_order::acquire);
        if (part.sequence.load(std::memory_order::relaxed) == before) return true;
      }
      if (stop.load(std::memory_order::relaxed)) return false;
      std::this_thread::yield();
    }
  }

  const CubeSize size_;
  std::vector<std::unique_ptr<Part>> parts_;
};

// A plain cube a writer; after a group it hands the touched cells over where the reader wants them.
class HandOverAccumulator final : public Accumulator {
 public:
  HandOverAccumulator(const CubeSize& size, int writers) : size_(size) {
    for (int writer = 0; writer < writers; ++writer) {
      parts_.push_back(std::make_unique<Part>(size));
    }
  }

  void Apply(int writer, ResponseGroup group) override {
    Part& part = *parts_[static_cast<std::size_t>(writer)];
    for (const CountedResponse& response : group) {
      std::uint32_t* const block = part.counts.data() + response.cell * size_.entries;
      for (const std::uint32_t entry : response.entries) ++block[entry];
      if (!part.is_touched[response.cell]) {
        part.is_touched[response.cell] = 1;
        part.touched.push_back(response.cell);
      }
    }
    part.respondents += group.size();
    if (part.port.Give([&](Cut& cut) { Fill(part, &cut); })) given_.Poke();
  }
  // As the snapshot thread does: asks, then sleeps until every writer has given. Not again after it
  // returned false.
  bool Read(const std::atomic<bool>& stop, ReadCut* cut) override {
    cut->attempts = 0;
    for (const auto& part : parts_) part->port.Want();
    for (std::size_t taken = 0; taken < parts_.size();) {
      for (const auto& part : parts_) {
        if (part->port.Take([&](const Cut& given) { Use(given, *part); })) ++taken;
      }
      if (taken == parts_.size()) break;
      if (stop.load(std::memory_order::relaxed)) return false;
      given_.WaitUntil(std::chrono::steady_clock::now() + kStopPoll);
    }
    cut->attempts = 1;
    for (const auto& part : parts_)
      Merge(part->copy, part->respondents_read, part == parts_.front(), cut);
    return true;
  }

 private:
  struct Cut {
    std::vector<std::uint32_t> cells;
    std::vector<std::uint32_t> counts;  // [cells][entries]
    std::uint64_t respondents = 0;
  };
  struct Part {
    explicit Part(const CubeSize& size)
        : counts(size.counts()), is_touched(size.cells), copy(size.counts()) {
      touched.reserve(size.cells);
      port.buffer().cells.reserve(size.cells);
      port.buffer().counts.reserve(size.counts());
    }
    std::vector<std::uint32_t> counts;
    std::vector<std::uint8_t> is_touched;
    std::vector<std::uint32_t> touched;
    std::uint64_t respondents = 0;
    HandOver<WaitWord, Cut> port;
    std::vector<std::uint32_t> copy;  // the reader's
    std::uint64_t respondents_read = 0;
  };

  void Fill(Part& part, Cut* cut) const {
    cut->cells.assign(part.touched.begin(), part.touched.end());
    cut->counts.clear();
    for (const std::uint32_t cell : part.touched) {
      const std::uint32_t* const block = part.counts.data() + cell * size_.entries;
      cut->counts.insert(cut->counts.end(), block, block + size_.entries);
      part.is_touched[cell] = 0;
    }
    part.touched.clear();
    cut->respondents = part.respondents;
  }
  void Use(const Cut& given, Part& part) const {
    const std::uint32_t* from = given.counts.data();
    for (const std::uint32_t cell : given.cells) {
      std::copy(from, from + size_.entries, part.copy.data() + cell * size_.entries);
      from += size_.entries;
    }
    part.respondents_read = given.respondents;
  }

  static constexpr std::chrono::milliseconds kStopPoll{10};

  const CubeSize size_;
  std::vector<std::unique_ptr<Part>> parts_;
  Doorbell given_;
};

}  // namespace panelpuls::bench
