// A store that does panelpuls' work: per (pseudonym, channel) the newest version, live sums by
// weighting cell and indicator group, durable a transaction. A file a store, built where its
// library is.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/batch.h"
#include "peers/word.h"
#include "wave/wave.h"

namespace panelpuls::bench {

// What a store holds, read back out of it.
struct Totals {
  std::uint64_t words = 0;                 // kept, counting or not
  std::uint64_t respondents = 0;           // words that count, from the group sums
  std::vector<std::uint64_t> group_count;  // [group], the last one 'no valid case'
  double score_sum = 0;
  std::uint64_t content = 0;  // of a store's words, WordPrint of each added up
  friend bool operator==(const Totals&, const Totals&) = default;
};
std::string Describe(const Totals& totals);

struct StoreOptions {
  std::shared_ptr<const wave::Wave> wave;
  Micros receipt_time = kNoTime;
  std::string directory;  // of its own, empty, on the disk to be measured
  std::string postgres;   // connection string of a server started for this; empty: none
  std::string redis;      // path of the socket of one
};

class Store {
 public:
  virtual ~Store() = default;
  // With the versions of library and server.
  virtual std::string Description() = 0;
  // The settings that durability hangs on, as the store itself tells them; an error when one of
  // them is not fully durable.
  virtual absl::StatusOr<std::string> Durability() = 0;
  // Threads that may call Apply at once, each with a number of its own.
  virtual int connections() const { return 1; }
  // One transaction, durable on return. Batches are as the engine takes them.
  virtual absl::Status Apply(int connection, Batches batches) = 0;
  virtual absl::StatusOr<Totals> ReadBack() = 0;
  // Processes other than this one that do its work.
  virtual std::vector<pid_t> Processes() { return {}; }
};

// A kind of store that this program was built with.
struct StoreKind {
  std::string_view name;
  absl::StatusOr<std::unique_ptr<Store>> (*make)(const StoreOptions& options);
};

absl::StatusOr<std::unique_ptr<Store>> MakeLmdbStore(const StoreOptions& options);
absl::StatusOr<std::unique_ptr<Store>> MakeSqliteStore(const StoreOptions& options);
// NotFound: the options name no server.
absl::StatusOr<std::unique_ptr<Store>> MakePostgresStore(const StoreOptions& options);
absl::StatusOr<std::unique_ptr<Store>> MakeRedisStore(const StoreOptions& options);

// Those that were built, and why the others were not, one line each.
std::vector<StoreKind> BuiltStores();
std::vector<std::string> MissingStores();

}  // namespace panelpuls::bench
