#include "server/handlers/views.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "report/export_csv.h"
#include "report/snapshot.h"
#include "server/http/deflate.h"
#include "snapshot/contents.h"

namespace panelpuls::server {
namespace {

report::CellsInputs CellsOf(const engine::PublishedSnapshot& snapshot) {
  return {
      .wave = *snapshot.wave, .estimates = *snapshot.estimates, .cases = snapshot.fieldwork->cells};
}

std::string RenderTable(const engine::PublishedSnapshot& snapshot, report::ExportTable table,
                        bool danish_excel) {
  snapshot::Contents inputs;
  inputs.wave = snapshot.wave.get();
  inputs.keys = snapshot.keys;
  inputs.estimates = snapshot.estimates.get();
  inputs.version = snapshot.version;
  return report::TableExport(table, inputs, {.danish_excel = danish_excel});
}

std::string Render(const engine::PublishedSnapshot& snapshot, View view) {
  switch (view) {
    case View::kSnapshotSegment:
      return DeflatedSegment(snapshot.rendered.json.whole);
    case View::kSnapshotGzip:
      break;  // of another view: Get
    case View::kHistory: {
      report::HistoryInputs inputs;
      inputs.wave = snapshot.wave.get();
      inputs.hours = *snapshot.hours;
      inputs.counters = &snapshot.counters;
      return report::HistoryToJson(inputs);
    }
    case View::kCellsJson:
      return report::CellsToJson(CellsOf(snapshot));
    case View::kCellsProtobuf:
      return report::CellsToProtobuf(CellsOf(snapshot));
    case View::kGuidance:
      return report::GuidanceToJson(*snapshot.wave, snapshot.fieldwork->guidance);
    case View::kWave:
      return report::WaveToJson(*snapshot.wave, *snapshot.definitions);
    case View::kFigures:
      return RenderTable(snapshot, report::ExportTable::kFigures, false);
    case View::kFiguresDanishExcel:
      return RenderTable(snapshot, report::ExportTable::kFigures, true);
    case View::kComparisons:
      return RenderTable(snapshot, report::ExportTable::kComparisons, false);
    case View::kComparisonsDanishExcel:
      return RenderTable(snapshot, report::ExportTable::kComparisons, true);
    case View::kRankings:
      return RenderTable(snapshot, report::ExportTable::kRankings, false);
    case View::kRankingsDanishExcel:
      return RenderTable(snapshot, report::ExportTable::kRankings, true);
  }
  return {};
}

}  // namespace

void Views::Publish(engine::SnapshotPointer snapshot) {
  // Two io threads' posts cannot overtake each other, but a first snapshot taken at start may be
  // older than one that came meanwhile.
  if (snapshot == nullptr || snapshot == snapshot_) return;
  if (snapshot_ != nullptr && snapshot->version < snapshot_->version) return;
  snapshot_ = std::move(snapshot);
  rendered_.fill(nullptr);
  attention_ = nullptr;
  for (Wakeup* wakeup : subscribers_) wakeup->Set();
}

std::shared_ptr<const std::string> Views::Get(View view) {
  PP_CHECK(snapshot_ != nullptr);
  auto& rendered = rendered_[static_cast<std::size_t>(view)];
  if (rendered == nullptr) {
    std::string text;
    if (view == View::kSnapshotGzip) {
      text.append(GzipBegin()).append(*Get(View::kSnapshotSegment));
      text.append(GzipEnd(snapshot_->rendered.json.whole));
    } else {
      text = Render(*snapshot_, view);
    }
    rendered = std::make_shared<const std::string>(std::move(text));
  }
  return rendered;
}

std::shared_ptr<const std::string> Views::Attention(const engine::Engine& engine) {
  PP_CHECK(snapshot_ != nullptr);
  const std::uint64_t changes = engine.intake_attention_changes();
  if (attention_ == nullptr || changes != attention_changes_) {
    attention_ = std::make_shared<const std::string>(report::AttentionToJson(
        *snapshot_->wave, *snapshot_->attention, engine.intake_attention()));
    attention_changes_ = changes;
  }
  return attention_;
}

void Views::Subscribe(Wakeup* wakeup) { subscribers_.push_back(wakeup); }

void Views::Unsubscribe(Wakeup* wakeup) {
  subscribers_.erase(std::remove(subscribers_.begin(), subscribers_.end(), wakeup),
                     subscribers_.end());
}

}  // namespace panelpuls::server
