// What intake saw and no journal keeps: refused records, answers to unknown questions and unknown
// fields. In memory
// alone, the newest 1,000 distinct ones; lost at a restart.
// Threads  any.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "engine/batch.h"
#include "snapshot/contents.h"

namespace panelpuls::engine {

class AttentionLog {
 public:
  static constexpr std::size_t kLimit = 1000;

  void NoteRefusals(std::vector<BatchBuilder::Refusal> refusals, Micros now);
  // `count` answers to the questions `codes`, shared evenly where there are several.
  void NoteIgnoredQuestions(const std::vector<std::string>& codes, std::uint64_t count, Micros now);
  // The same of fields that the schema has not.
  void NoteIgnoredFields(const std::vector<std::string>& names, std::uint64_t count, Micros now);

  // Newest last.
  std::vector<snapshot::IntakeNote> entries() const;
  // Counts up with every change of them.
  std::uint64_t changes() const;
  std::uint64_t ignored_questions() const;
  std::uint64_t ignored_fields() const;

 private:
  using Key =
      std::tuple<snapshot::IntakeNote::Kind, std::string, std::string, std::uint32_t, std::string>;

  void NoteIgnored(snapshot::IntakeNote::Kind kind, const std::vector<std::string>& names,
                   std::uint64_t count, Micros now);
  void Note(snapshot::IntakeNote entry, Micros now);

  mutable std::mutex mutex_;
  std::list<snapshot::IntakeNote> entries_;  // by last
  std::map<Key, std::list<snapshot::IntakeNote>::iterator> places_;
  std::uint64_t ignored_questions_ = 0;
  std::uint64_t ignored_fields_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace panelpuls::engine
