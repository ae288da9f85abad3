// GET /v1/export/responses.csv: the cut of the newest snapshot, page by page at the reader's pace.
#include "server/export.h"

#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "report/export_csv.h"
#include "server/export_job.h"
#include "server/http_session.h"
#include "server/log.h"
#include "server/read_side.h"

namespace panelpuls::server {
namespace {

// What the kernel holds for a slow reader is bounded too.
constexpr int kPageSendBufferBytes = 64 * 1024;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

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

}  // namespace

std::optional<report::CsvStyle> StyleOf(const RequestHead& head) {
  report::CsvStyle style;
  for (const auto& [name, value] : head.query) {
    if (name != "style" || (value != "plain" && value != "danish-excel")) return std::nullopt;
    style.danish_excel = value == "danish-excel";
  }
  return style;
}

Response WrongStyle() {
  return ToResponse(
      {400, ProblemType::kQuery, "the query may only be style=plain or style=danish-excel"});
}

std::string AttachmentName(const engine::PublishedSnapshot& snapshot, std::string_view what) {
  std::string name;
  for (const char c : snapshot.wave->id) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.';
    name += plain ? c : '_';
  }
  return fmt::format("attachment; filename=\"{}-{}-{}.csv\"", name, what, snapshot.version);
}

asio::awaitable<void> HttpSession::AwaitPage() {
  auto wait = wake_.Wait(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  co_await std::move(wait);
}

asio::awaitable<bool> HttpSession::SendPages(ExportJob& job, const RequestHead& head,
                                             std::string page) {
  const std::chrono::seconds timeout(options().request_timeout_s);
  bool has_page = true;
  while (!io_thread().stopping() && !aborted()) {
    if (has_page) {
      const std::string begin = head.http_1_0 ? "" : fmt::format("{:x}\r\n", page.size());
      const std::string_view end = head.http_1_0 ? "" : "\r\n";
      const std::array<asio::const_buffer, 3> buffers = {asio::buffer(begin), asio::buffer(page),
                                                         asio::buffer(end)};
      auto write = WriteAll(buffers, timeout);
      if (!co_await std::move(write)) co_return false;
    } else if (job.ended()) {
      if (!job.status().ok()) co_return false;  // cut: neither a last line nor a last chunk
      if (head.http_1_0) co_return true;
      const std::array<asio::const_buffer, 1> buffers = {asio::buffer(kLastChunk)};
      auto write = WriteAll(buffers, timeout);
      co_return co_await std::move(write);
    } else {
      auto wait = AwaitPage();
      co_await std::move(wait);
    }
    has_page = job.Take(&page);
  }
  co_return false;
}

absl::StatusOr<std::unique_ptr<ExportJob>> HttpSession::StartExport(
    const engine::PublishedSnapshot& snapshot, const report::CsvStyle& style) {
  Shared& shared = io_thread().shared();
  ExportJob::Options options;
  options.files =
      shared.engine.options().files != nullptr ? shared.engine.options().files : &PosixFileSystem();
  options.directory = shared.engine.options().directory;
  options.cut.positions = snapshot.positions;
  options.cut.make_table = report::ResponsesCsvIn(style);
  options.on_news = [weak = weak_from_this(), &context = io_thread().context()] {
    asio::post(context, [weak] {
      if (const auto self = weak.lock()) static_cast<HttpSession&>(*self).wake_.Set();
    });
  };
  return ExportJob::Start(shared.exports, std::move(options));
}

asio::awaitable<HttpSession::Next> HttpSession::ServeExport(const RequestHead& head) {
  const engine::SnapshotPointer snapshot = io_thread().views().snapshot();
  const auto style = StyleOf(head);
  if (snapshot == nullptr || !style.has_value()) {
    auto send = Send(head, snapshot == nullptr ? NoSnapshotYet() : WrongStyle());
    co_return co_await std::move(send);
  }
  std::string page;
  std::unique_ptr<ExportJob> job;
  if (head.method != "HEAD") {
    auto started = StartExport(*snapshot, *style);
    if (!started.ok()) {
      auto send = Send(head, NotBegun(started.status()));
      co_return co_await std::move(send);
    }
    job = *std::move(started);
    // The first page, so that what goes wrong before it can still be said.
    while (!job->Take(&page) && !job->ended() && !aborted() && !io_thread().stopping()) {
      auto wait = AwaitPage();
      co_await std::move(wait);
    }
    if (page.empty()) {
      if (aborted() || io_thread().stopping()) co_return Next::kClose;
      const absl::Status failed = job->status();
      job.reset();  // a refusal that nobody reads takes no export's place
      auto send = Send(head, ExportFailed(failed));
      co_return co_await std::move(send);
    }
  }
  auto send = SendExport(head, ResponsesHead(*snapshot), job.get(), std::move(page));
  co_return co_await std::move(send);
}

asio::awaitable<HttpSession::Next> HttpSession::SendExport(const RequestHead& head,
                                                           Response response, ExportJob* job,
                                                           std::string page) {
  HeadOptions head_options;
  head_options.http_1_0 = head.http_1_0;
  head_options.chunked = !head.http_1_0;
  head_options.with_length = false;
  head_options.keep_alive = head.keep_alive && !head.http_1_0 && !head.has_body();
  head_options.date = io_thread().Date();
  const std::string text = ResponseHead(response, head_options);
  io_thread().shared().metrics.CountRequest(200);
  ErrorCode ignored;
  socket().set_option(asio::socket_base::send_buffer_size(kPageSendBufferBytes), ignored);
  const std::array<asio::const_buffer, 1> begin = {asio::buffer(text)};
  auto write = WriteAll(begin, std::chrono::seconds(options().request_timeout_s));
  bool written = co_await std::move(write);
  if (written && job != nullptr) {
    auto send = SendPages(*job, head, std::move(page));
    written = co_await std::move(send);
  }
  co_return written&& head_options.keep_alive ? Next::kKeepAlive : Next::kClose;
}

}  // namespace panelpuls::server
