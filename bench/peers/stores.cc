#include <fmt/format.h>
#include <fmt/ranges.h>

#include "peers/store.h"

namespace panelpuls::bench {

std::vector<StoreKind> BuiltStores() {
  std::vector<StoreKind> kinds;
#ifdef PP_PEER_LMDB
  kinds.push_back({"lmdb", MakeLmdbStore});
#endif
#ifdef PP_PEER_SQLITE
  kinds.push_back({"sqlite", MakeSqliteStore});
#endif
#ifdef PP_PEER_POSTGRES
  kinds.push_back({"postgresql", MakePostgresStore});
#endif
#ifdef PP_PEER_REDIS
  kinds.push_back({"redis", MakeRedisStore});
#endif
  return kinds;
}

std::vector<std::string> MissingStores() {
  std::vector<std::string> missing;
#ifndef PP_PEER_LMDB
  missing.emplace_back("lmdb: not built, its library was not found (liblmdb-dev)");
#endif
#ifndef PP_PEER_SQLITE
  missing.emplace_back("sqlite: not built, its library was not found (libsqlite3-dev)");
#endif
#ifndef PP_PEER_POSTGRES
  missing.emplace_back("postgresql: not built, its library was not found (libpq-dev)");
#endif
#ifndef PP_PEER_REDIS
  missing.emplace_back("redis: not built, its library was not found (libhiredis-dev)");
#endif
  missing.emplace_back("duckdb: not measured, Debian 12 has no package of it");
  return missing;
}

std::string Describe(const Totals& totals) {
  return fmt::format("{} words, {} respondents, by group {}, sum of scores {}, words' print {:x}",
                     totals.words, totals.respondents, fmt::join(totals.group_count, " "),
                     totals.score_sum, totals.content);
}

}  // namespace panelpuls::bench
