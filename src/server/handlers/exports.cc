#include "server/handlers/exports.h"

#include <chrono>
#include <utility>

#include "report/export_csv.h"
#include "server/handlers/csv.h"
#include "server/handlers/reading.h"
#include "server/observation/log.h"

namespace panelpuls::server {
namespace {

// What the kernel holds for a slow reader is bounded too.
constexpr int kPageSendBufferBytes = 64 * 1024;

// Of ExportJob::Start.
Response NotBegun(const absl::Status& status) {
  const bool too_many = absl::IsResourceExhausted(status);
  if (!too_many) LogError("export", ToStd(status.message()));
  Response response =
      ToResponse({503, too_many ? ProblemType::kTooManyExports : ProblemType::kExportFailed,
                  too_many ? std::string(ToStd(status.message()))
                           : "there is no thread for an export now; try again later"});
  response.fields.emplace_back("Retry-After", too_many ? "10" : "60");
  return response;
}

// Of an export that ended before its first page.
Response ExportFailed(const absl::Status& status) {
  LogError("export", ToStd(status.message()));
  const bool no_room = absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
  Response response = ToResponse(
      {no_room ? 503u : 500u, ProblemType::kExportFailed,
       no_room ? "there is no memory, thread or descriptor for an export now; try again later"
               : "the journal could not be exported; the server's log says why"});
  if (no_room) response.fields.emplace_back("Retry-After", "60");
  return response;
}

Response ResponsesHead(const engine::PublishedSnapshot& snapshot) {
  Response response;
  response.content_type = kCsvType;
  response.no_cache = false;
  response.fields.emplace_back("Cache-Control", "no-store");  // it is about persons
  response.fields.emplace_back("Content-Disposition", AttachmentName(snapshot, "responses"));
  return response;
}

asio::awaitable<void> AwaitPage(Exchange& exchange) {
  auto wait = exchange.wake().Wait(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  co_await std::move(wait);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ExportJob>> ResponsesExport::Start(
    Exchange& exchange, const engine::PublishedSnapshot& snapshot, const report::CsvStyle& style) {
  const auto& engine_options = engine_.options();
  ExportJob::Options options;
  options.files = engine_options.files != nullptr ? engine_options.files : &PosixFileSystem();
  options.directory = engine_options.directory;
  options.cut.positions = snapshot.positions;
  options.cut.make_table = report::ResponsesCsvIn(style);
  options.on_news = exchange.Waker();
  return ExportJob::Start(running_, std::move(options));
}

asio::awaitable<void> ResponsesExport::Answer(Exchange& exchange) {
  const engine::SnapshotPointer snapshot = views_.snapshot();
  const auto style = StyleOf(exchange.head());
  if (snapshot == nullptr || !style.has_value()) {
    auto send = exchange.Send(snapshot == nullptr ? NoSnapshotYet() : WrongStyle());
    co_return co_await std::move(send);
  }
  if (exchange.head().method == "HEAD") {
    auto begin = exchange.Begin(ResponsesHead(*snapshot), Exchange::Framing::kChunks);
    co_await std::move(begin);
    co_return;
  }
  auto answer = Export(exchange, *snapshot, *style);
  co_await std::move(answer);
}

asio::awaitable<void> ResponsesExport::Export(Exchange& exchange,
                                              const engine::PublishedSnapshot& snapshot,
                                              const report::CsvStyle& style) {
  auto started = Start(exchange, snapshot, style);
  if (!started.ok()) {
    auto send = exchange.Send(NotBegun(started.status()));
    co_return co_await std::move(send);
  }
  std::unique_ptr<ExportJob> job = *std::move(started);
  // The first page, so that what goes wrong before it can still be said.
  std::string page;
  while (!job->Take(&page) && !job->ended() && !exchange.is_ending()) {
    auto wait = AwaitPage(exchange);
    co_await std::move(wait);
  }
  if (page.empty()) {
    if (exchange.is_ending()) co_return;
    const absl::Status failed = job->status();
    job.reset();  // a refusal that nobody reads takes no export's place
    auto send = exchange.Send(ExportFailed(failed));
    co_return co_await std::move(send);
  }
  exchange.connection().BoundSendBuffer(kPageSendBufferBytes);
  auto begin = exchange.Begin(ResponsesHead(snapshot), Exchange::Framing::kChunks);
  if (!co_await std::move(begin)) co_return;
  auto send = SendPages(exchange, *job, std::move(page));
  co_await std::move(send);
}

asio::awaitable<void> ResponsesExport::SendPages(Exchange& exchange, ExportJob& job,
                                                 std::string page) {
  bool has_page = true;
  while (!exchange.is_ending()) {
    if (has_page) {
      auto write = exchange.WritePiece(page);
      if (!co_await std::move(write)) co_return;
    } else if (job.ended()) {
      if (!job.status().ok()) co_return;  // cut: neither a last line nor a last chunk
      auto finish = exchange.Finish();
      co_await std::move(finish);
      co_return;
    } else {
      auto wait = AwaitPage(exchange);
      co_await std::move(wait);
    }
    has_page = job.Take(&page);
  }
}

}  // namespace panelpuls::server
