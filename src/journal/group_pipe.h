// Carries groups from a thread that reads ahead to the one that visits them, in chunks of at least
// kChunkBytes, so that a lock is taken once for many groups. A fixed number of chunks: the reader
// waits when it is that far ahead.
// Threads  a reader (Put, End) and a visitor (VisitAll), once each.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "base/status.h"
#include "base/thread.h"
#include "journal/journal.h"

namespace panelpuls::journal {

class GroupPipe {
 public:
  static constexpr std::size_t kChunkBytes = 256 << 10;
  static constexpr std::size_t kChunks = 4;

  GroupPipe();

  // Copies the group. False: a visit has failed, and nothing more is wanted.
  bool Put(const GroupView& group);
  // Nothing more comes.
  void End();

  // Visits all groups in order until End. The status of the first visit that fails.
  absl::Status VisitAll(const GroupVisitor& visit);

 private:
  struct Chunk {
    struct Place {
      GroupInfo info;
      std::size_t begin = 0;
      std::size_t size = 0;
    };
    std::vector<std::byte> payloads;
    std::vector<Place> groups;
  };

  bool HandOver();
  bool Next();
  absl::Status VisitChunk(const GroupVisitor& visit) const;

  Chunk filling_;   // the reader's
  Chunk visiting_;  // the visitor's

  Mutex mutex_;  // guards what follows
  Condition changed_;
  std::deque<Chunk> full_;
  std::vector<Chunk> empty_;
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace panelpuls::journal
