// SQLite: WAL, synchronous=FULL, one connection, prepared statements.
#include <sqlite3.h>

#include "peers/store.h"

namespace panelpuls::bench {
namespace {

constexpr const char* kSchema = R"(
  PRAGMA journal_mode=WAL;
  PRAGMA synchronous=FULL;
  PRAGMA cache_size=-1000000;
  PRAGMA wal_autocheckpoint=20000;
  CREATE TABLE words (key BLOB PRIMARY KEY, value BLOB NOT NULL, slot INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE sums (slot INTEGER PRIMARY KEY, count INTEGER NOT NULL, score REAL NOT NULL);
)";
constexpr const char* kFind = "SELECT value, slot FROM words WHERE key = ?1";
constexpr const char* kPut =
    "INSERT INTO words VALUES (?1, ?2, ?3) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, slot = excluded.slot";
constexpr const char* kAdd =
    "INSERT INTO sums VALUES (?1, ?2, ?3) "
    "ON CONFLICT (slot) DO UPDATE SET count = count + excluded.count, score = score + "
    "excluded.score";

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const StoreOptions& options)
      : slots_(*options.wave), reader_(*options.wave, options.receipt_time), changes_(slots_) {}
  ~SqliteStore() override {
    for (sqlite3_stmt* statement : {begin_, commit_, find_, put_, add_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(database_);
  }

  absl::Status Open(const std::string& directory) {
    const std::string path = directory + "/peer.sqlite";
    PP_RETURN_IF_ERROR(Check(sqlite3_open(path.c_str(), &database_), "open"));
    PP_RETURN_IF_ERROR(
        Check(sqlite3_exec(database_, kSchema, nullptr, nullptr, nullptr), "schema"));
    for (const auto& [statement, text] : {std::pair(&begin_, "BEGIN IMMEDIATE"),
                                          {&commit_, "COMMIT"},
                                          {&find_, kFind},
                                          {&put_, kPut},
                                          {&add_, kAdd}}) {
      PP_RETURN_IF_ERROR(Check(sqlite3_prepare_v2(database_, text, -1, statement, nullptr), text));
    }
    return absl::OkStatus();
  }

  std::string Description() override { return fmt::format("SQLite {}", sqlite3_libversion()); }

  absl::StatusOr<std::string> Durability() override {
    PP_ASSIGN_OR_RETURN(const std::string mode, Ask("PRAGMA journal_mode"));
    PP_ASSIGN_OR_RETURN(const std::string synchronous, Ask("PRAGMA synchronous"));
    constexpr const char* kFull = "2";
    if (mode != "wal" || synchronous != kFull) {
      return FailedPrecondition("sqlite: journal_mode {}, synchronous {}; wanted wal and 2 (FULL)",
                                mode, synchronous);
    }
    return fmt::format("journal_mode {}, synchronous {} (FULL)", mode, synchronous);
  }

  absl::Status Apply(int, Batches batches) override {
    PP_RETURN_IF_ERROR(Run(begin_, "begin"));
    changes_.Clear();
    for (const Word& word : reader_.Read(batches)) PP_RETURN_IF_ERROR(PutWord(word));
    for (const std::int32_t slot : changes_.touched()) {
      sqlite3_bind_int(add_, 1, slot);
      sqlite3_bind_int64(add_, 2, changes_.at(slot).count);
      sqlite3_bind_double(add_, 3, changes_.at(slot).score);
      PP_RETURN_IF_ERROR(Run(add_, "add"));
    }
    return Run(commit_, "commit");
  }

  absl::StatusOr<Totals> ReadBack() override {
    Totals totals{.group_count = std::vector<std::uint64_t>(slots_.groups())};
    PP_ASSIGN_OR_RETURN(const std::string words, Ask("SELECT count(*) FROM words"));
    totals.words = std::stoull(words);
    sqlite3_stmt* sums = nullptr;
    PP_RETURN_IF_ERROR(Check(
        sqlite3_prepare_v2(database_, "SELECT slot, count, score FROM sums", -1, &sums, nullptr),
        "sums"));
    while (sqlite3_step(sums) == SQLITE_ROW) {
      const auto count = static_cast<std::uint64_t>(sqlite3_column_int64(sums, 1));
      totals.respondents += count;
      totals.group_count[slots_.GroupOf(sqlite3_column_int(sums, 0))] += count;
      totals.score_sum += sqlite3_column_double(sums, 2);
    }
    sqlite3_finalize(sums);
    sqlite3_stmt* kept = nullptr;
    PP_RETURN_IF_ERROR(
        Check(sqlite3_prepare_v2(database_, "SELECT key, value FROM words", -1, &kept, nullptr),
              "words"));
    while (sqlite3_step(kept) == SQLITE_ROW) {
      totals.content += WordPrint(BlobOf(kept, 0), BlobOf(kept, 1));
    }
    sqlite3_finalize(kept);
    return totals;
  }

 private:
  absl::Status Check(int code, std::string_view what) const {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return absl::OkStatus();
    return Internal("sqlite: {}: {}", what, sqlite3_errmsg(database_));
  }
  absl::Status Run(sqlite3_stmt* statement, std::string_view what) {
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return Check(code, what);
  }
  absl::StatusOr<std::string> Ask(const char* query) {
    sqlite3_stmt* statement = nullptr;
    PP_RETURN_IF_ERROR(Check(sqlite3_prepare_v2(database_, query, -1, &statement, nullptr), query));
    std::string answer;
    if (sqlite3_step(statement) == SQLITE_ROW) {
      answer = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return answer;
  }
  static std::string_view BlobOf(sqlite3_stmt* statement, int column) {
    return {static_cast<const char*>(sqlite3_column_blob(statement, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
  }
  static void Bind(sqlite3_stmt* statement, int place, std::string_view bytes) {
    sqlite3_bind_blob(statement, place, bytes.data(), static_cast<int>(bytes.size()),
                      SQLITE_STATIC);
  }

  absl::Status PutWord(const Word& word) {
    Bind(find_, 1, word.key_view());
    const int found = sqlite3_step(find_);
    bool keep = found == SQLITE_DONE;
    if (found == SQLITE_ROW) {
      keep = word.value > BlobOf(find_, 0);
      if (keep) changes_.Add(sqlite3_column_int(find_, 1), -1);
    }
    sqlite3_reset(find_);
    PP_RETURN_IF_ERROR(Check(found, "find"));
    if (!keep) return absl::OkStatus();
    changes_.Add(word.slot, 1);
    Bind(put_, 1, word.key_view());
    Bind(put_, 2, word.value);
    sqlite3_bind_int(put_, 3, word.slot);
    return Run(put_, "put");
  }

  const Slots slots_;
  WordReader reader_;
  SumChanges changes_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* find_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* add_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> MakeSqliteStore(const StoreOptions& options) {
  auto store = std::make_unique<SqliteStore>(options);
  PP_RETURN_IF_ERROR(store->Open(options.directory));
  return store;
}

}  // namespace panelpuls::bench
