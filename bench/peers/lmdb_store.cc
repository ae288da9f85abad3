// LMDB: one writer, synced as LMDB does by default (no MDB_NOSYNC, no
// MDB_NOMETASYNC). Words under their key; sums as one array a slot, changed in place.
#include <lmdb.h>

#include <cstring>

#include "peers/store.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kMapBytes = std::size_t{8} << 30;

absl::Status ToStatus(int code, std::string_view what) {
  if (code == MDB_SUCCESS) return absl::OkStatus();
  return Internal("lmdb: {}: {}", what, mdb_strerror(code));
}

struct Sum {
  std::int64_t count = 0;
  double score = 0;
};

MDB_val ValueOf(std::string_view bytes) {
  return {.mv_size = bytes.size(), .mv_data = const_cast<char*>(bytes.data())};
}
std::string_view ViewOf(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

class LmdbStore final : public Store {
 public:
  explicit LmdbStore(const StoreOptions& options)
      : slots_(*options.wave), reader_(*options.wave, options.receipt_time), changes_(slots_) {}
  ~LmdbStore() override { mdb_env_close(environment_); }

  absl::Status Open(const std::string& directory) {
    PP_RETURN_IF_ERROR(ToStatus(mdb_env_create(&environment_), "create"));
    PP_RETURN_IF_ERROR(ToStatus(mdb_env_set_mapsize(environment_, kMapBytes), "map size"));
    PP_RETURN_IF_ERROR(ToStatus(mdb_env_set_maxdbs(environment_, 2), "databases"));
    PP_RETURN_IF_ERROR(ToStatus(mdb_env_open(environment_, directory.c_str(), 0, 0644), "open"));
    MDB_txn* transaction = nullptr;
    PP_RETURN_IF_ERROR(ToStatus(mdb_txn_begin(environment_, nullptr, 0, &transaction), "begin"));
    PP_RETURN_IF_ERROR(ToStatus(mdb_dbi_open(transaction, "words", MDB_CREATE, &words_), "words"));
    PP_RETURN_IF_ERROR(
        ToStatus(mdb_dbi_open(transaction, "sums", MDB_CREATE | MDB_INTEGERKEY, &sums_), "sums"));
    return ToStatus(mdb_txn_commit(transaction), "commit");
  }

  std::string Description() override {
    return fmt::format("LMDB {}.{}.{}", MDB_VERSION_MAJOR, MDB_VERSION_MINOR, MDB_VERSION_PATCH);
  }

  absl::StatusOr<std::string> Durability() override {
    unsigned flags = 0;
    PP_RETURN_IF_ERROR(ToStatus(mdb_env_get_flags(environment_, &flags), "flags"));
    if ((flags & (MDB_NOSYNC | MDB_NOMETASYNC | MDB_MAPASYNC)) != 0) {
      return FailedPrecondition("lmdb: flags {:#x} do not sync every transaction", flags);
    }
    return fmt::format("flags {:#x}: data and meta page synced", flags);
  }

  absl::Status Apply(int, Batches batches) override {
    MDB_txn* transaction = nullptr;
    PP_RETURN_IF_ERROR(ToStatus(mdb_txn_begin(environment_, nullptr, 0, &transaction), "begin"));
    changes_.Clear();
    absl::Status status = PutWords(transaction, batches);
    if (status.ok()) status = PutSums(transaction);
    if (!status.ok()) {
      mdb_txn_abort(transaction);
      return status;
    }
    return ToStatus(mdb_txn_commit(transaction), "commit");
  }

  absl::StatusOr<Totals> ReadBack() override {
    MDB_txn* transaction = nullptr;
    PP_RETURN_IF_ERROR(
        ToStatus(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction), "begin"));
    absl::StatusOr<Totals> totals = ReadIn(transaction);
    mdb_txn_abort(transaction);
    return totals;
  }

 private:
  absl::Status PutWords(MDB_txn* transaction, Batches batches) {
    for (const Word& word : reader_.Read(batches)) {
      MDB_val key = ValueOf(word.key_view());
      // Reads and writes in one descent: the value found, where there is one already.
      MDB_val value = ValueOf(word.value);
      int code = mdb_put(transaction, words_, &key, &value, MDB_NOOVERWRITE);
      if (code == MDB_KEYEXIST) {
        const std::string_view old = ViewOf(value);
        if (word.value <= old) continue;
        changes_.Add(SlotOf(old), -1);
        value = ValueOf(word.value);
        code = mdb_put(transaction, words_, &key, &value, 0);
      }
      PP_RETURN_IF_ERROR(ToStatus(code, "put word"));
      changes_.Add(word.slot, 1);
    }
    return absl::OkStatus();
  }

  absl::Status PutSums(MDB_txn* transaction) {
    for (const std::int32_t slot : changes_.touched()) {
      auto number = static_cast<unsigned>(slot);
      MDB_val key{.mv_size = sizeof number, .mv_data = &number};
      MDB_val value{};
      Sum sum;
      const int code = mdb_get(transaction, sums_, &key, &value);
      if (code == MDB_SUCCESS) {
        std::memcpy(&sum, value.mv_data, sizeof sum);
      } else if (code != MDB_NOTFOUND) {
        return ToStatus(code, "get sum");
      }
      sum.count += changes_.at(slot).count;
      sum.score += changes_.at(slot).score;
      value = {.mv_size = sizeof sum, .mv_data = &sum};
      PP_RETURN_IF_ERROR(ToStatus(mdb_put(transaction, sums_, &key, &value, 0), "put sum"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Totals> ReadIn(MDB_txn* transaction) {
    Totals totals{.group_count = std::vector<std::uint64_t>(slots_.groups())};
    MDB_stat stat;
    PP_RETURN_IF_ERROR(ToStatus(mdb_stat(transaction, words_, &stat), "stat"));
    totals.words = stat.ms_entries;
    MDB_cursor* cursor = nullptr;
    PP_RETURN_IF_ERROR(ToStatus(mdb_cursor_open(transaction, sums_, &cursor), "cursor"));
    MDB_val key{};
    MDB_val value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      unsigned slot = 0;
      Sum sum;
      std::memcpy(&slot, key.mv_data, sizeof slot);
      std::memcpy(&sum, value.mv_data, sizeof sum);
      const auto count = static_cast<std::uint64_t>(sum.count);
      totals.respondents += count;
      totals.group_count[slots_.GroupOf(static_cast<std::int32_t>(slot))] += count;
      totals.score_sum += sum.score;
    }
    mdb_cursor_close(cursor);
    PP_RETURN_IF_ERROR(ToStatus(mdb_cursor_open(transaction, words_, &cursor), "cursor"));
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      totals.content += WordPrint(ViewOf(key), ViewOf(value));
    }
    mdb_cursor_close(cursor);
    return totals;
  }

  const Slots slots_;
  WordReader reader_;
  SumChanges changes_;
  MDB_env* environment_ = nullptr;
  MDB_dbi words_ = 0;
  MDB_dbi sums_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> MakeLmdbStore(const StoreOptions& options) {
  auto store = std::make_unique<LmdbStore>(options);
  PP_RETURN_IF_ERROR(store->Open(options.directory));
  return store;
}

}  // namespace panelpuls::bench
