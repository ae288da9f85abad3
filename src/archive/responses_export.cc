#include "archive/responses_export.h"

#include <utility>

#include "archive/reading.h"
#include "estimate/estimator.h"
#include "state/cube.h"

namespace panelpuls::archive {

struct ResponsesExport::Impl {
  absl::Status ReadPartition(std::uint32_t index, const ExportOptions& options);
  void Calibrate(const snapshot::MakeRespondentTable& make_table);

  Reading reading;
  std::uint64_t version = 0;
  std::vector<double> g;
  std::unique_ptr<snapshot::RespondentTable> table;
  std::size_t partition = 0;  // of the next row
  std::uint32_t unit = 0;
  bool ended = false;
};

absl::Status ResponsesExport::Impl::ReadPartition(std::uint32_t index,
                                                  const ExportOptions& options) {
  PartitionReplay& replay = reading.partitions[index];
  GroupApplier::Options applier_options;
  applier_options.wave = reading.head.wave;
  applier_options.until = options.until;
  applier_options.where = replay.where;
  applier_options.partition = replay.partition;
  applier_options.partitions = replay.partitions;
  GroupApplier applier(*replay.state, std::move(applier_options));
  const std::optional<journal::Position> last =
      options.positions.empty() ? std::nullopt : std::optional(options.positions[index]);
  bool reached = last.has_value() && *last == 0;
  const absl::Status status = replay.read([&](const journal::GroupView& group) -> absl::Status {
    if (reached) return absl::CancelledError("enough");
    if (options.cancelled && options.cancelled()) return absl::CancelledError("cancelled");
    PP_RETURN_IF_ERROR(applier.Apply(group));
    reached = last.has_value() && group.info.position >= *last;
    return reached ? absl::CancelledError("enough") : absl::OkStatus();
  });
  if (!status.ok() && !reached) return status;
  if (last.has_value() && !reached) {
    return DataLoss("{}: ends at position {}, before the cut at {}; restore the directory",
                    replay.where, applier.progress().position, *last);
  }
  replay.progress = applier.progress();
  version += replay.progress.position;
  return absl::OkStatus();
}

void ResponsesExport::Impl::Calibrate(const snapshot::MakeRespondentTable& make_table) {
  const auto& wave = reading.head.wave;
  state::Cube cube(*wave);
  for (const PartitionReplay& replay : reading.partitions) cube.Merge(replay.state->cube());
  g = estimate::Estimator(wave).Estimate(cube).calibration.g;
  table = make_table(*wave, g);
  table->Header();
}

absl::StatusOr<std::unique_ptr<ResponsesExport>> ResponsesExport::Open(
    FileSystem& files, const std::string& directory, const ExportOptions& options) {
  PP_CHECK(options.make_table);
  auto impl = std::make_unique<Impl>();
  PP_RETURN_IF_ERROR(PrepareReading(files, directory, options.until, &impl->reading));
  const auto count = static_cast<std::uint32_t>(impl->reading.partitions.size());
  PP_CHECK(options.positions.empty() || options.positions.size() == count);
  for (std::uint32_t index = 0; index < count; ++index) {
    PP_RETURN_IF_ERROR(impl->ReadPartition(index, options));
  }
  impl->Calibrate(options.make_table);
  return std::unique_ptr<ResponsesExport>(new ResponsesExport(std::move(impl)));
}

ResponsesExport::ResponsesExport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResponsesExport::~ResponsesExport() = default;

std::string ResponsesExport::NextPage(std::size_t bytes) {
  snapshot::RespondentTable& table = *impl_->table;
  while (!impl_->ended && table.bytes() < bytes) {
    if (impl_->partition == impl_->reading.partitions.size()) {
      table.End(impl_->version);
      impl_->ended = true;
      break;
    }
    const state::State& state = *impl_->reading.partitions[impl_->partition].state;
    if (impl_->unit == state.unit_count()) {
      ++impl_->partition;
      impl_->unit = 0;
      continue;
    }
    if (const auto respondent = state.RespondentAt(impl_->unit++)) table.Row(*respondent);
  }
  return table.Take();
}

const wave::Wave& ResponsesExport::wave() const { return *impl_->reading.head.wave; }
std::uint64_t ResponsesExport::version() const { return impl_->version; }

}  // namespace panelpuls::archive
