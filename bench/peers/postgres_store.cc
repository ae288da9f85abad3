// PostgreSQL: two connections, a transaction is one prepared statement, its words binary arrays.
// The row remembers the slot it left, so that the statement that upserts a word also knows what to
// take out of the sums; the sums are kept a connection apart, so that no connection waits for the
// other's commit.
#include <libpq-fe.h>

#include <array>
#include <cstring>
#include <type_traits>

#include "peers/store.h"

namespace panelpuls::bench {
namespace {

constexpr int kConnections = 2;
constexpr const char* kSchema = R"(
  SET client_min_messages = error;
  DROP TABLE IF EXISTS words, sums;
  CREATE TABLE words (unit uuid, channel int2, value bytea NOT NULL, slot int4 NOT NULL,
                      left_slot int4 NOT NULL DEFAULT -1, PRIMARY KEY (unit, channel));
  CREATE TABLE sums (connection int4, slot int4, count int8 NOT NULL, score float8 NOT NULL,
                     PRIMARY KEY (connection, slot)) WITH (fillfactor = 50);
)";
// A transaction may hold a word twice, which one INSERT must not touch twice.
constexpr const char* kApply = R"(
  WITH incoming AS (
    SELECT DISTINCT ON (unit, channel) *
    FROM unnest($1::uuid[], $2::int2[], $3::bytea[], $4::int4[]) AS t (unit, channel, value, slot)
    ORDER BY unit, channel, value DESC
  ), kept AS (
    INSERT INTO words AS w (unit, channel, value, slot) SELECT * FROM incoming
    ON CONFLICT (unit, channel) DO UPDATE
      SET value = excluded.value, slot = excluded.slot, left_slot = w.slot
      WHERE excluded.value > w.value
    RETURNING slot, left_slot
  ), change AS (
    SELECT slot, 1 AS sign FROM kept WHERE slot >= 0
    UNION ALL SELECT left_slot, -1 FROM kept WHERE left_slot >= 0
  )
  INSERT INTO sums AS s
    SELECT $5::int4, slot, sum(sign), sum(sign * ($6::float8[])[slot % cardinality($6) + 1])
    FROM change GROUP BY slot ORDER BY slot
  ON CONFLICT (connection, slot) DO UPDATE
    SET count = s.count + excluded.count, score = s.score + excluded.score
)";
// Types of the parameters' elements and of the arrays of them (pg_type.dat).
constexpr Oid kUuid = 2950, kInt2 = 21, kBytea = 17, kInt4 = 23, kFloat8 = 701;
constexpr std::array<Oid, 6> kParameterTypes = {2951, 1005, 1001, 1007, kInt4, 1022};

template <typename Integer>
void AppendBig(Integer value, std::string* out) {
  const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
  for (int shift = 8 * static_cast<int>(sizeof bits) - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(bits >> shift));
  }
}
void BeginArray(Oid element, std::size_t count, std::string* out) {
  out->clear();
  AppendBig<std::int32_t>(1, out);  // dimensions
  AppendBig<std::int32_t>(0, out);  // no nulls
  AppendBig(element, out);
  AppendBig(static_cast<std::int32_t>(count), out);
  AppendBig<std::int32_t>(1, out);  // lower bound
}
void AppendElement(std::string_view bytes, std::string* out) {
  AppendBig(static_cast<std::int32_t>(bytes.size()), out);
  out->append(bytes);
}
template <typename Integer>
void AppendNumber(Integer value, std::string* out) {
  AppendBig(static_cast<std::int32_t>(sizeof value), out);
  AppendBig(value, out);
}

struct Freed {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Freed>;

class Connection {
 public:
  Connection() = default;
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  absl::Status Open(const std::string& where) {
    connection_ = PQconnectdb(where.c_str());
    if (PQstatus(connection_) == CONNECTION_OK) return absl::OkStatus();
    return Unavailable("postgresql: {}", PQerrorMessage(connection_));
  }
  absl::Status Prepare(const char* name, const char* text) {
    return Check(Result(PQprepare(connection_, name, text, static_cast<int>(kParameterTypes.size()),
                                  kParameterTypes.data())));
  }
  absl::StatusOr<Result> Query(const char* text) {
    Result result(PQexec(connection_, text));
    PP_RETURN_IF_ERROR(Check(result));
    return result;
  }
  absl::StatusOr<Result> QueryBinary(const char* text) {
    Result result(
        PQexecParams(connection_, text, 0, nullptr, nullptr, nullptr, nullptr, /*resultFormat=*/1));
    PP_RETURN_IF_ERROR(Check(result));
    return result;
  }
  absl::Status Execute(const char* name, std::span<const std::string> parameters) {
    std::array<const char*, kParameterTypes.size()> values{};
    std::array<int, kParameterTypes.size()> lengths{};
    std::array<int, kParameterTypes.size()> formats{};
    for (std::size_t place = 0; place < parameters.size(); ++place) {
      values[place] = parameters[place].data();
      lengths[place] = static_cast<int>(parameters[place].size());
      formats[place] = 1;
    }
    return Check(Result(PQexecPrepared(connection_, name, static_cast<int>(parameters.size()),
                                       values.data(), lengths.data(), formats.data(), 1)));
  }

 private:
  absl::Status Check(const Result& result) const {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    return Internal("postgresql: {}", PQerrorMessage(connection_));
  }
  PGconn* connection_ = nullptr;
};

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(const StoreOptions& options) : slots_(*options.wave) {
    for (int number = 0; number < kConnections; ++number) {
      writers_.push_back(std::make_unique<Writer>(options));
    }
    BeginArray(kFloat8, slots_.groups(), &scores_);
    for (std::uint32_t group = 0; group < slots_.groups(); ++group) {
      std::uint64_t bits = 0;
      const double score = slots_.ScoreOf(static_cast<std::int32_t>(group));
      std::memcpy(&bits, &score, sizeof bits);
      AppendNumber(bits, &scores_);
    }
  }

  absl::Status Open(const std::string& where) {
    for (auto& writer : writers_) PP_RETURN_IF_ERROR(writer->connection.Open(where));
    PP_RETURN_IF_ERROR(writers_.front()->connection.Query(kSchema).status());
    for (auto& writer : writers_) PP_RETURN_IF_ERROR(writer->connection.Prepare("apply", kApply));
    PP_ASSIGN_OR_RETURN(version_, Ask("SHOW server_version"));
    return absl::OkStatus();
  }

  std::string Description() override {
    return fmt::format("PostgreSQL {}, libpq {}, {} connections", version_, PQlibVersion(),
                       kConnections);
  }

  absl::StatusOr<std::string> Durability() override {
    std::string settings;
    for (const char* name : {"fsync", "synchronous_commit", "full_page_writes"}) {
      PP_ASSIGN_OR_RETURN(const std::string value, Ask(fmt::format("SHOW {}", name).c_str()));
      if (value != "on") return FailedPrecondition("postgresql: {} is {}; wanted on", name, value);
      settings += fmt::format("{} {}, ", name, value);
    }
    PP_ASSIGN_OR_RETURN(const std::string method, Ask("SHOW wal_sync_method"));
    return settings + "wal_sync_method " + method;
  }

  int connections() const override { return kConnections; }

  absl::Status Apply(int number, Batches batches) override {
    Writer& writer = *writers_[static_cast<std::size_t>(number)];
    const std::span<const Word> words = writer.reader.Read(batches);
    auto& [units, channels, values, slots, connection, scores] = writer.parameters;
    BeginArray(kUuid, words.size(), &units);
    BeginArray(kInt2, words.size(), &channels);
    BeginArray(kBytea, words.size(), &values);
    BeginArray(kInt4, words.size(), &slots);
    for (const Word& word : words) {
      AppendElement(word.key_view().substr(0, kKeySize - 1), &units);
      AppendNumber(static_cast<std::int16_t>(word.key[kKeySize - 1]), &channels);
      AppendElement(word.value, &values);
      AppendNumber(word.slot, &slots);
    }
    connection.clear();
    AppendBig(number, &connection);
    scores = scores_;
    return writer.connection.Execute("apply", writer.parameters);
  }

  absl::StatusOr<Totals> ReadBack() override {
    Totals totals{.group_count = std::vector<std::uint64_t>(slots_.groups())};
    PP_ASSIGN_OR_RETURN(const std::string words, Ask("SELECT count(*) FROM words"));
    totals.words = std::stoull(words);
    PP_ASSIGN_OR_RETURN(const Result rows,
                        writers_.front()->connection.Query(
                            "SELECT slot, sum(count), sum(score) FROM sums GROUP BY slot"));
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
      const auto count = std::stoull(PQgetvalue(rows.get(), row, 1));
      totals.respondents += count;
      totals.group_count[slots_.GroupOf(std::stoi(PQgetvalue(rows.get(), row, 0)))] += count;
      totals.score_sum += std::stod(PQgetvalue(rows.get(), row, 2));
    }
    PP_ASSIGN_OR_RETURN(const Result kept, writers_.front()->connection.QueryBinary(
                                               "SELECT unit, channel, value FROM words"));
    for (int row = 0; row < PQntuples(kept.get()); ++row) {
      const auto field = [&](int column) {
        return std::string_view(PQgetvalue(kept.get(), row, column),
                                static_cast<std::size_t>(PQgetlength(kept.get(), row, column)));
      };
      // The channel's number comes in two bytes, the larger first.
      totals.content += WordPrint(std::string(field(0)) + field(1).back(), field(2));
    }
    return totals;
  }

  // Backends and the server's own workers.
  std::vector<pid_t> Processes() override {
    std::vector<pid_t> processes;
    const auto rows = writers_.front()->connection.Query("SELECT pid FROM pg_stat_activity");
    if (!rows.ok()) return processes;
    for (int row = 0; row < PQntuples(rows->get()); ++row) {
      processes.push_back(std::stoi(PQgetvalue(rows->get(), row, 0)));
    }
    return processes;
  }

 private:
  struct Writer {
    explicit Writer(const StoreOptions& options) : reader(*options.wave, options.receipt_time) {}
    Connection connection;
    WordReader reader;
    std::array<std::string, kParameterTypes.size()> parameters;
  };

  absl::StatusOr<std::string> Ask(const char* query) {
    PP_ASSIGN_OR_RETURN(const Result row, writers_.front()->connection.Query(query));
    return std::string(PQgetvalue(row.get(), 0, 0));
  }

  const Slots slots_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::string scores_;
  std::string version_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> MakePostgresStore(const StoreOptions& options) {
  if (options.postgres.empty()) return NotFound("no server was given");
  auto store = std::make_unique<PostgresStore>(options);
  PP_RETURN_IF_ERROR(store->Open(options.postgres));
  return store;
}

}  // namespace panelpuls::bench
