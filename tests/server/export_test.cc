// The export over HTTP: one version, whole or visibly not, and nobody held up by a slow reader.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "archive/responses_export.h"
#include "base/file.h"
#include "base/thread.h"
#include "report/export_csv.h"
#include "server/raw_connection.h"
#include "server/running_server.h"

namespace panelpuls::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kResponses = "/v1/export/responses.csv";

std::string Request(std::string_view method, std::string_view path, std::string_view version) {
  return fmt::format("{} {} HTTP/{}\r\nHost: a\r\n\r\n", method, path, version);
}

// The body behind chunks; nullopt: it does not end as it should.
std::optional<std::string> Unchunk(std::string_view text) {
  std::string body;
  while (true) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t size = std::strtoul(std::string(text.substr(0, end)).c_str(), nullptr, 16);
    text.remove_prefix(end + 2);
    if (size == 0) return text == "\r\n" ? std::optional(body) : std::nullopt;
    if (text.size() < size + 2 || text.substr(size, 2) != "\r\n") return std::nullopt;
    body += text.substr(0, size);
    text.remove_prefix(size + 2);
  }
}

// Many respondents, so that an export has pages.
void Fill(RunningServer& server, int first, int count) {
  std::vector<ResponseText> responses;
  for (int i = first; i < first + count; ++i) responses.push_back({.id = fmt::format("R{}", i)});
  ASSERT_EQ(PostJson(server.http_port(), BatchJson(responses)).status, 200u);
}

// The real files; opening one to read waits while it is held.
class SlowToRead final : public FileSystem {
 public:
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void LetGo() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void AwaitReader() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_; });
  }

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode,
                                             unsigned permissions) override {
    if (mode == OpenMode::kRead) {
      std::unique_lock lock(mutex_);
      waiting_ = held_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
    }
    return files_.Open(path, mode, permissions);
  }
  absl::Status CreateDirectories(const std::string& path) override {
    return files_.CreateDirectories(path);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    return files_.List(directory);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return files_.Rename(from, to);
  }
  absl::Status Remove(const std::string& path) override { return files_.Remove(path); }
  absl::Status SyncDirectory(const std::string& directory) override {
    return files_.SyncDirectory(directory);
  }
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override {
    return files_.Lock(directory);
  }
  absl::StatusOr<std::uint64_t> FreeBytes(const std::string& path) override {
    return files_.FreeBytes(path);
  }
  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(const std::string& directory) override {
    return files_.OpenDirectory(directory);
  }
  absl::StatusOr<unsigned> Permissions(const std::string& path) override {
    return files_.Permissions(path);
  }
  absl::Status SetPermissions(const std::string& path, unsigned permissions) override {
    return files_.SetPermissions(path, permissions);
  }

 private:
  FileSystem& files_ = PosixFileSystem();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool waiting_ = false;
};

std::size_t CountLines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(ExportOfResponses, IsWholeInChunksAndKeepsTheConnection) {
  RunningServer server;
  Fill(server, 0, 2000);
  ASSERT_FALSE(server.WaitForRespondents(2000).empty());
  for (const std::string path : {kResponses, "/v1/waves/cases/export/responses.csv"}) {
    RawConnection connection(server.http_port());
    connection.Send(Request("GET", path, "1.1"));
    const HttpAnswer head = connection.ReadAnswer(true);
    EXPECT_EQ(head.status, 200u);
    EXPECT_EQ(head.Field("transfer-encoding"), "chunked");
    EXPECT_EQ(head.Field("content-length"), "");
    EXPECT_EQ(head.Field("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(head.Field("cache-control"), "no-store");
    EXPECT_THAT(head.Field("content-disposition"), HasSubstr("filename=\"cases-responses-"));
    while (!connection.buffer().ends_with("\r\n0\r\n\r\n") && connection.ReadMore()) {
    }
    const auto body = Unchunk(connection.buffer());
    ASSERT_TRUE(body.has_value());
    EXPECT_THAT(*body, StartsWith("pseudonym,channel,"));
    EXPECT_EQ(CountLines(*body), 2002u);
    EXPECT_THAT(*body, HasSubstr("\n# complete: 2000 rows, version "));
    connection.buffer().clear();
    connection.Send(Request("GET", "/healthz", "1.1"));
    EXPECT_EQ(connection.ReadAnswer().status, 200u);
  }
}

TEST(ExportOfResponses, EndsWithTheConnectionForHttp10) {
  RunningServer server;
  Fill(server, 0, 3);
  ASSERT_FALSE(server.WaitForRespondents(3).empty());
  const HttpAnswer answer = Exchange(server.http_port(), Request("GET", kResponses, "1.0"));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.Field("transfer-encoding"), "");
  EXPECT_EQ(answer.Field("connection"), "close");
  EXPECT_TRUE(answer.closed);
  EXPECT_EQ(CountLines(answer.body), 5u);
  EXPECT_THAT(answer.body, HasSubstr("# complete: 3 rows"));
}

TEST(ExportOfResponses, HeadHasNoBody) {
  RunningServer server;
  RawConnection connection(server.http_port());
  connection.Send(Request("HEAD", kResponses, "1.1") + Request("GET", "/healthz", "1.1"));
  EXPECT_EQ(connection.ReadAnswer(true).Field("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(connection.ReadAnswer().body, "ok\n");
}

TEST(ExportOfResponses, StylesAreThoseOfTheFigures) {
  RunningServer server;
  Fill(server, 0, 1);
  ASSERT_FALSE(server.WaitForRespondents(1).empty());
  const std::string responses =
      Exchange(server.http_port(),
               Request("GET", std::string(kResponses) + "?style=danish-excel", "1.0"))
          .body;
  EXPECT_THAT(responses, StartsWith("\xEF\xBB\xBFpseudonym;channel;"));
  EXPECT_THAT(responses, HasSubstr("\r\n# complete: 1 rows, version "));
  const std::string figures =
      Get(server.http_port(), "/v1/export/figures.csv?style=danish-excel").body;
  EXPECT_THAT(figures, StartsWith("\xEF\xBB\xBFstatistic;of;"));
  for (const char* path : {"/v1/export/responses.csv?style=excel", "/v1/export/figures.csv?x=1"}) {
    const HttpAnswer wrong = Get(server.http_port(), path);
    EXPECT_EQ(wrong.status, 400u) << path;
    EXPECT_THAT(wrong.body, HasSubstr("style=danish-excel")) << path;
  }
}

TEST(ExportOfTables, AreOfTheSnapshotWithItsVersionAndTheirOwnEtag) {
  RunningServer server;
  Fill(server, 0, 40);
  const std::string snapshot = server.WaitForRespondents(40);
  const std::string end =
      fmt::format(" rows, version {}", NumberAt(snapshot, {"collection", "version"}).value_or(-1));
  struct Row {
    const char* name;
    const char* columns;
  };
  const Row rows[] = {{"figures", "statistic,of,domain,"},
                      {"comparisons", "family,dimension,of,a,b,difference,"},
                      {"rankings", "ranking,of,value,n,rank,"}};
  std::set<std::string> etags;
  for (const auto& [name, columns] : rows) {
    for (const std::string prefix : {"/v1", "/v1/waves/cases"}) {
      const std::string path = fmt::format("{}/export/{}.csv", prefix, name);
      const HttpAnswer plain = Get(server.http_port(), path);
      EXPECT_EQ(plain.status, 200u) << path;
      EXPECT_EQ(plain.Field("content-type"), "text/csv; charset=utf-8");
      EXPECT_THAT(plain.Field("content-disposition"),
                  HasSubstr(fmt::format("filename=\"cases-{}-", name)));
      EXPECT_THAT(plain.body, StartsWith(columns));
      EXPECT_THAT(plain.body, EndsWith(end + "\n"));
      etags.insert(plain.Field("etag"));
      const HttpAnswer excel = Get(server.http_port(), path + "?style=danish-excel");
      EXPECT_THAT(excel.body, StartsWith("\xEF\xBB\xBF"));
      EXPECT_THAT(excel.body, EndsWith(end + "\r\n"));
      etags.insert(excel.Field("etag"));
      EXPECT_EQ(Get(server.http_port(), path + "?style=excel").status, 400u);
    }
  }
  EXPECT_EQ(etags.size(), 6u);
}

TEST(ExportOfFigures, IsTheTableOfTheSnapshotWithItsVersion) {
  RunningServer server;
  Fill(server, 0, 40);
  const std::string snapshot = server.WaitForRespondents(40);
  const HttpAnswer answer = Get(server.http_port(), "/v1/export/figures.csv");
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.Field("content-type"), "text/csv; charset=utf-8");
  EXPECT_THAT(answer.body, StartsWith("statistic,of,domain,"));
  EXPECT_THAT(answer.body, HasSubstr("\nmean,indicator,,,40,"));
  EXPECT_THAT(answer.body,
              EndsWith(fmt::format(" rows, version {}\n",
                                   NumberAt(snapshot, {"collection", "version"}).value_or(-1))));
  EXPECT_THAT(answer.Field("etag"), HasSubstr("figures"));
}

// The reader has taken the head and no more: everyone else goes on, and what it gets later is the
// version that it asked for.
TEST(ExportOfResponses, ASlowReaderHoldsNobodyUpAndGetsOneVersion) {
  RunningServer server;
  for (int i = 0; i < 4; ++i) Fill(server, i * 2000, 2000);
  ASSERT_FALSE(server.WaitForRespondents(8'000).empty());
  RawConnection slow(server.http_port());
  slow.LimitReceiveBuffer(4096);
  slow.Send(Request("GET", kResponses, "1.0"));
  const HttpAnswer head = slow.ReadAnswer(true);
  EXPECT_EQ(head.status, 200u);
  Fill(server, 20'000, 1000);
  ASSERT_FALSE(server.WaitForRespondents(9'000).empty());
  while (slow.ReadMore()) {
  }
  EXPECT_EQ(CountLines(slow.buffer()), 8'002u);
  EXPECT_THAT(slow.buffer(), HasSubstr("# complete: 8000 rows, version "));
}

TEST(ExportOfACut, IsWhatStoodThenWhateverCameSince) {
  RunningServer server;
  Fill(server, 0, 50);
  ASSERT_FALSE(server.WaitForRespondents(50).empty());
  const engine::SnapshotPointer then = server.engine().Latest();
  Fill(server, 100, 30);
  Fill(server, 0, 50);  // the same again: duplicates
  ASSERT_FALSE(server.WaitForRespondents(80).empty());
  archive::ExportOptions cut;
  cut.make_table = report::ResponsesCsvIn({});
  const std::string& directory = server.engine().options().directory;
  const auto rows_of = [&](const archive::ExportOptions& options) {
    const auto responses = archive::ResponsesExport::Open(PosixFileSystem(), directory, options);
    EXPECT_TRUE(responses.ok()) << responses.status();
    if (!responses.ok()) return std::string();
    std::string text;
    for (std::string page = (*responses)->NextPage(100); !page.empty();
         page = (*responses)->NextPage(100)) {
      text += page;
    }
    return text;
  };
  EXPECT_THAT(rows_of(cut), HasSubstr("\n# complete: 80 rows, version "));
  cut.positions = then->positions;
  EXPECT_THAT(rows_of(cut),
              EndsWith(fmt::format("\n# complete: 50 rows, version {}\n", then->version)));
  cut.positions = {1'000'000};
  EXPECT_EQ(archive::ResponsesExport::Open(PosixFileSystem(), directory, cut).status().code(),
            absl::StatusCode::kDataLoss);
  cut.positions.clear();
  cut.cancelled = [] { return true; };
  EXPECT_EQ(archive::ResponsesExport::Open(PosixFileSystem(), directory, cut).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(ExportOfResponses, OnlySoManyRunAtOnceAndACutConnectionFreesItsPlace) {
  ServerSetup setup;
  setup.server.max_exports = 1;
  RunningServer server(std::move(setup));
  for (int i = 0; i < 5; ++i) Fill(server, i * 2000, 2000);
  ASSERT_FALSE(server.WaitForRespondents(10'000).empty());
  RawConnection slow(server.http_port());
  slow.LimitReceiveBuffer(4096);
  slow.Send(Request("GET", kResponses, "1.1"));
  ASSERT_EQ(slow.ReadAnswer(true).status, 200u);
  const HttpAnswer refused = Get(server.http_port(), kResponses);
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.Field("retry-after"), "10");
  EXPECT_THAT(refused.body, HasSubstr("too_many_exports"));
  EXPECT_EQ(Get(server.http_port(), "/v1/export/figures.csv").status, 200u);
  slow.Reset();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  unsigned status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < deadline) {
    status = Exchange(server.http_port(), Request("GET", kResponses, "1.0")).status;
  }
  EXPECT_EQ(status, 200u);
}

TEST(ExportOfResponses, OnlyARunningOneTakesAPlace) {
  ServerSetup setup;
  setup.server.max_exports = 0;
  RunningServer server(std::move(setup));
  ASSERT_FALSE(server.WaitForRespondents(0).empty());
  const std::string wrong = std::string(kResponses) + "?style=excel";
  EXPECT_EQ(Exchange(server.http_port(), Request("HEAD", kResponses, "1.1")).status, 200u);
  EXPECT_EQ(Exchange(server.http_port(), Request("GET", wrong, "1.1")).status, 400u);
  EXPECT_EQ(Exchange(server.http_port(), Request("GET", kResponses, "1.1")).status, 503u);
}

TEST(ExportOfResponses, WithoutAThreadForItIsToldToComeAgain) {
  RunningServer server;
  Fill(server, 0, 3);
  ASSERT_FALSE(server.WaitForRespondents(3).empty());
  FailThreadStart(1);
  const HttpAnswer refused = Exchange(server.http_port(), Request("GET", kResponses, "1.1"));
  FailThreadStart(0);
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.Field("retry-after"), "60");
  EXPECT_THAT(refused.body, HasSubstr("export_failed"));
  // Its place is free again, as often as that happens.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Exchange(server.http_port(), Request("GET", kResponses, "1.0")).status, 200u);
  }
}

// What an export reads may take its time, while the connections of its io thread are closed.
TEST(ExportOfResponses, NobodyOnAnIoThreadWaitsForItsEnd) {
  SlowToRead files;
  ServerSetup setup;
  setup.engine.files = &files;
  RunningServer server(std::move(setup));
  Fill(server, 0, 3);
  ASSERT_FALSE(server.WaitForRespondents(3).empty());
  std::vector<RawConnection> others;
  for (int i = 0; i < 20; ++i) {
    others.emplace_back(server.http_port());
    others.back().Send(Request("GET", "/healthz", "1.1"));
    ASSERT_EQ(others.back().ReadAnswer().status, 200u);
  }
  files.Hold();
  RawConnection reader(server.http_port());
  reader.Send(Request("GET", kResponses, "1.1"));
  files.AwaitReader();
  std::thread stop([&] { server.server().Stop(); });
  for (RawConnection& other : others) EXPECT_TRUE(other.IsClosedByPeer());
  files.LetGo();
  stop.join();
}

TEST(ExportOfResponses, AStoppingServerCutsItVisibly) {
  RunningServer server;
  for (int i = 0; i < 5; ++i) Fill(server, i * 2000, 2000);
  ASSERT_FALSE(server.WaitForRespondents(10'000).empty());
  RawConnection slow(server.http_port());
  slow.LimitReceiveBuffer(4096);
  slow.Send(Request("GET", kResponses, "1.1"));
  ASSERT_EQ(slow.ReadAnswer(true).status, 200u);
  server.server().Stop();
  while (slow.ReadMore()) {
  }
  EXPECT_EQ(slow.buffer().find("# complete"), std::string::npos);
  EXPECT_FALSE(Unchunk(slow.buffer()).has_value());
}

}  // namespace
}  // namespace panelpuls::testing
