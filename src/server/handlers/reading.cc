#include "server/handlers/reading.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "report/snapshot.h"
#include "server/handlers/batch_answers.h"
#include "server/handlers/csv.h"
#include "server/http/media_type.h"
#include "server/http/representation.h"

namespace panelpuls::server {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProtobuf = "application/x-protobuf";

// The one answer that changes with what peers send: 1,000 entries of each kind.
constexpr std::size_t kMostAttentionBytes = 2u << 20;

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

}  // namespace

Response NoSnapshotYet() {
  Response response = ToResponse(
      {503, ProblemType::kNoSnapshot, "no snapshot has been made yet; try again in a second"});
  response.fields.emplace_back("Retry-After", "1");
  return response;
}

Response Reading::Respond(const Route& route, const RequestHead& head) {
  if (views_.snapshot() == nullptr) return NoSnapshotYet();
  switch (route.resource) {
    case Resource::kSnapshot:
      return Snapshot(head, views_);
    case Resource::kHistory:
      return Rendered(head, views_, View::kHistory, "history");
    case Resource::kCells:
      return Cells(head, views_);
    case Resource::kGuidance:
      return Rendered(head, views_, View::kGuidance, "guidance");
    case Resource::kAttention:
      return Attention(views_, engine_);
    case Resource::kExportFigures:
      return Export(head, views_, kFigures);
    case Resource::kExportComparisons:
      return Export(head, views_, kComparisons);
    case Resource::kExportRankings:
      return Export(head, views_, kRankings);
    case Resource::kWave:
      return Rendered(head, views_, View::kWave, "wave");
    default:
      return ToResponse({404, ProblemType::kNotFound, "there is nothing at this path"});
  }
}

asio::awaitable<void> Reading::Answer(Exchange& exchange) {
  const bool own = exchange.route().resource == Resource::kAttention;
  const std::size_t own_bytes = own ? kMostAttentionBytes : 0;
  Connection& connection = exchange.connection();
  if (own) {
    auto turn = connection.io_thread().decode_turns().Next();
    co_await std::move(turn);
  }
  Response response = Connection::TryHold(connection.batch_bytes(), own_bytes)
                          ? Respond(exchange.route(), exchange.head())
                          : BusyResponse(engine::SubmitResult::kFull);
  if (own) connection.batch_bytes().Set(response.body.size());
  auto send = exchange.Send(std::move(response));
  co_await std::move(send);
  connection.batch_bytes().Set(0);
}

}  // namespace panelpuls::server
