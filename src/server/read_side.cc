#include "server/read_side.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "report/snapshot.h"
#include "server/export.h"
#include "server/media_type.h"
#include "server/page.h"

namespace panelpuls::server {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProtobuf = "application/x-protobuf";

Response Text(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.SetBody(std::string(text));
  return response;
}

// The representation, or 304 where the client has it.
struct Representation {
  std::string_view content_type;
  std::string etag;  // with quotes
  std::string_view body;
  std::shared_ptr<const void> owner;
};

Response Conditional(const RequestHead& head, Representation representation) {
  Response response;
  response.content_type = representation.content_type;
  if (MatchesEtag(head.if_none_match, representation.etag)) {
    response.status = 304;
    response.content_type.clear();
  } else {
    response.body = representation.body;
    response.body_owner = std::move(representation.owner);
  }
  response.fields.emplace_back("ETag", std::move(representation.etag));
  return response;
}

std::string Etag(const engine::PublishedSnapshot& snapshot, std::string_view representation) {
  return fmt::format("\"{}-{}\"", snapshot.etag_stem, representation);
}

Response Snapshot(const RequestHead& head, Views& views) {
  const engine::SnapshotPointer& snapshot = views.snapshot();
  const bool protobuf = PreferredType(head.accept, MediaType::kJson) == MediaType::kProtobuf;
  const bool gzip = !protobuf && AcceptsGzip(head.accept_encoding);
  Representation representation;
  representation.content_type = protobuf ? kProtobuf : kJson;
  representation.etag = Etag(*snapshot, protobuf ? "protobuf" : gzip ? "json-gzip" : "json");
  if (gzip) {
    auto rendered = views.Get(View::kSnapshotGzip);
    representation.body = *rendered;
    representation.owner = std::move(rendered);
  } else {
    representation.body = protobuf ? snapshot->rendered.protobuf : snapshot->rendered.json.whole;
    representation.owner = snapshot;
  }
  Response response = Conditional(head, std::move(representation));
  if (gzip && response.status == 200) response.fields.emplace_back("Content-Encoding", "gzip");
  response.fields.emplace_back("Vary", "Accept, Accept-Encoding");
  return response;
}

Response Rendered(const RequestHead& head, Views& views, View view, std::string_view name) {
  const bool protobuf = view == View::kCellsProtobuf;
  auto rendered = views.Get(view);
  Representation representation;
  representation.content_type = protobuf ? kProtobuf : kJson;
  representation.etag = Etag(*views.snapshot(), name);
  representation.body = *rendered;
  representation.owner = std::move(rendered);
  return Conditional(head, std::move(representation));
}

Response Cells(const RequestHead& head, Views& views) {
  const bool protobuf = PreferredType(head.accept, MediaType::kJson) == MediaType::kProtobuf;
  Response response = protobuf ? Rendered(head, views, View::kCellsProtobuf, "cells-protobuf")
                               : Rendered(head, views, View::kCellsJson, "cells-json");
  response.fields.emplace_back("Vary", "Accept");
  return response;
}

// A table of the snapshot's that is exported.
struct ExportedTable {
  std::string_view name;
  View plain;
  View danish_excel;
};
constexpr ExportedTable kFigures{"figures", View::kFigures, View::kFiguresDanishExcel};
constexpr ExportedTable kComparisons{"comparisons", View::kComparisons,
                                     View::kComparisonsDanishExcel};
constexpr ExportedTable kRankings{"rankings", View::kRankings, View::kRankingsDanishExcel};

Response Export(const RequestHead& head, Views& views, const ExportedTable& table) {
  const auto style = StyleOf(head);
  if (!style.has_value()) return WrongStyle();
  Response response = style->danish_excel ? Rendered(head, views, table.danish_excel,
                                                     fmt::format("{}-danish-excel", table.name))
                                          : Rendered(head, views, table.plain, table.name);
  if (response.status == 200) response.content_type = kCsvType;
  response.fields.emplace_back("Content-Disposition",
                               AttachmentName(*views.snapshot(), table.name));
  return response;
}

Response Attention(Views& views, const engine::Engine& engine) {
  auto rendered = views.Attention(engine);
  Response response;
  response.content_type = kJson;
  response.body = *rendered;
  response.body_owner = std::move(rendered);
  return response;
}

Response Page(const Route& route, const RequestHead& head) {
  for (const PageFile& file : PageFiles()) {
    if (file.path != route.page_path) continue;
    Representation representation;
    representation.content_type = file.media_type;
    representation.etag = file.etag;
    representation.body = file.content;
    Response response = Conditional(head, std::move(representation));
    response.fields.emplace_back("Content-Security-Policy",
                                 "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                 "frame-ancestors 'none'");
    response.fields.emplace_back("Referrer-Policy", "no-referrer");
    response.fields.emplace_back("X-Frame-Options", "DENY");
    return response;
  }
  return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
}

constexpr std::string_view kNoRoom =
    "not ready: no room for what comes: the disk is full, or there is no descriptor or memory for "
    "the journal's next segment\n";

Response Ready(IoThread& io_thread) {
  const engine::Engine& engine = io_thread.shared().engine;
  if (!engine.healthy()) return Text(503, "not ready: records cannot be made durable\n");
  if (io_thread.stopping()) return Text(503, "not ready: stopping\n");
  if (!engine.has_room()) return Text(503, kNoRoom);
  if (io_thread.views().snapshot() == nullptr) return Text(503, "not ready: no snapshot yet\n");
  return Text(200, "ready\n");
}

Response MetricsText(const Shared& shared) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.SetBody(shared.metrics.Text());
  return response;
}

}  // namespace

Response NoSnapshotYet() {
  Response response = ToResponse(
      {503, ProblemType::kNoSnapshot, "no snapshot has been made yet; try again in a second"});
  response.fields.emplace_back("Retry-After", "1");
  return response;
}

Response AnswerRead(const Route& route, const RequestHead& head, IoThread& io_thread) {
  const Shared& shared = io_thread.shared();
  Views& views = io_thread.views();
  switch (route.resource) {
    case Resource::kMetrics:
      return MetricsText(shared);
    case Resource::kHealth:
      return shared.engine.healthy() ? Text(200, "ok\n")
                                     : Text(503, "records cannot be made durable\n");
    case Resource::kReady:
      return Ready(io_thread);
    case Resource::kPage:
      return Page(route, head);
    default:
      break;
  }
  if (views.snapshot() == nullptr) return NoSnapshotYet();
  switch (route.resource) {
    case Resource::kSnapshot:
      return Snapshot(head, views);
    case Resource::kHistory:
      return Rendered(head, views, View::kHistory, "history");
    case Resource::kCells:
      return Cells(head, views);
    case Resource::kGuidance:
      return Rendered(head, views, View::kGuidance, "guidance");
    case Resource::kAttention:
      return Attention(views, shared.engine);
    case Resource::kExportFigures:
      return Export(head, views, kFigures);
    case Resource::kExportComparisons:
      return Export(head, views, kComparisons);
    case Resource::kExportRankings:
      return Export(head, views, kRankings);
    case Resource::kWave:
      return Rendered(head, views, View::kWave, "wave");
    default:
      return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
  }
}

}  // namespace panelpuls::server
