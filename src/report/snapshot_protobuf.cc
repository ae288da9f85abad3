#include <google/protobuf/arena.h>

#include "report/parts.h"
#include "report/snapshot.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"

namespace panelpuls::report {

std::string SnapshotToProtobuf(const snapshot::Contents& inputs) {
  google::protobuf::Arena arena;
  auto* snapshot = google::protobuf::Arena::CreateMessage<v1::Snapshot>(&arena);
  FillEstimatesHead(inputs, snapshot->mutable_estimates());
  FillFigures(inputs, snapshot->mutable_estimates());
  FillComparisons(inputs, snapshot->mutable_estimates());
  FillChannelComparison(inputs, snapshot->mutable_estimates());
  FillCollection(inputs, snapshot->mutable_collection());
  FillClock(inputs, snapshot->mutable_clock());
  return snapshot->SerializeAsString();
}

snapshot::Rendered RenderSnapshot(const snapshot::Contents& contents) {
  return {.json = SnapshotToJson(contents), .protobuf = SnapshotToProtobuf(contents)};
}

}  // namespace panelpuls::report
