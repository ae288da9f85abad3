#include "peers/workload.h"

#include <algorithm>
#include <span>

#include "base/file.h"
#include "wire/encode.h"
#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kMaxResponseBytes = 1u << 20;

class BuilderSink final : public wire::BatchSink {
 public:
  BuilderSink(engine::BatchBuilder& builder, wire::PlainResponseDecoder& plain)
      : builder_(builder), plain_(plain) {}
  absl::Status OnHeader(const wire::BatchHeader& header) override {
    sequence_ = header.sequence;
    return absl::OkStatus();
  }
  bool OnEncodedResponse(std::uint32_t index, std::string_view bytes) override {
    std::string_view id;
    if (!plain_.Decode(bytes, builder_.RoomForResponse(), &id)) return false;
    builder_.AddResolvedResponse(index, id);
    return true;
  }
  void OnResponse(std::uint32_t index, const wave::RawResponse& response) override {
    builder_.AddResponse(index, response);
  }
  void OnCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event) override {
    builder_.AddCaseEvent(index, event);
  }
  void OnBadRecord(wave::RecordKind kind, std::uint32_t index,
                   const wire::RecordFault& fault) override {
    builder_.Reject(kind, index, fault.field, fault.reason, fault.kept);
  }
  std::uint64_t sequence() const { return sequence_; }

 private:
  engine::BatchBuilder& builder_;
  wire::PlainResponseDecoder& plain_;
  std::uint64_t sequence_ = 0;
};

}  // namespace

absl::StatusOr<Workload> ReadWorkload(const std::string& path, std::uint32_t batch_size) {
  PP_ASSIGN_OR_RETURN(const std::string content, ReadWholeFile(PosixFileSystem(), path));
  std::vector<std::string> responses;
  for (std::string_view rest = content; !rest.empty();) {
    const wire::Frame frame = wire::NextFrame(rest, kMaxResponseBytes);
    if (frame.state != wire::Frame::kWhole) {
      return InvalidArgument("{}: no varint-delimited messages behind byte {}", path,
                             content.size() - rest.size());
    }
    responses.emplace_back(frame.message);
    rest.remove_prefix(frame.consumed);
  }
  if (responses.empty()) return InvalidArgument("{}: no responses", path);
  Workload workload;
  workload.responses = responses.size();
  for (std::size_t begin = 0; begin < responses.size(); begin += batch_size) {
    const std::size_t count = std::min<std::size_t>(batch_size, responses.size() - begin);
    wire::AppendBatchBytes({.wave = {},
                            .sequence = workload.batches.size() + 1,
                            .responses = std::span(responses).subspan(begin, count),
                            .case_events = {}},
                           workload.batches.emplace_back());
    workload.bytes += workload.batches.back().size();
  }
  return workload;
}

Intake::Intake(std::shared_ptr<const wave::Wave> wave, const identity::DirectoryKey& key)
    : builder_(wave, key, {}), reader_({}), plain_(std::move(wave)) {}

absl::StatusOr<std::unique_ptr<engine::Batch>> Intake::Read(std::string_view bytes) {
  BuilderSink sink(builder_, plain_);
  builder_.Begin();
  PP_RETURN_IF_ERROR(reader_.Read(bytes, wire::BatchFormat::kProtobuf, sink));
  auto batch = builder_.Finish(kNoTime, sink.sequence());
  if (!batch->outcome.results().empty()) {
    const wave::RecordOutcome& refused = batch->outcome.results().front();
    return InvalidArgument("record {} of batch {}: {}: {}", refused.index, sink.sequence(),
                           batch->outcome.Text(refused.field), batch->outcome.Text(refused.reason));
  }
  return batch;
}

}  // namespace panelpuls::bench
