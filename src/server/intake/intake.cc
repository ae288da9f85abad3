#include "server/intake/intake.h"

#include <utility>

#include "base/printable.h"

namespace panelpuls::server {
namespace {

// Of a refusal, its texts included.
constexpr std::size_t kRefusalBytes = 1'000;

std::size_t MostBytesOf(const DecodedBatch& decoded) {
  const engine::Batch& batch = *decoded.batch;
  const std::size_t open = batch.response_count + batch.events.size();
  return batch.bytes() + batch.outcome.answer_bytes() +
         wave::BatchOutcome::MostAnswerBytes(open, batch.event_ids.size()) +
         open * sizeof(wave::RecordOutcome) + decoded.refusals.size() * kRefusalBytes;
}

wire::BatchLimits LimitsOf(const IntakeOptions& options) {
  wire::BatchLimits limits;
  limits.max_records = options.max_records;
  limits.max_bytes = options.max_bytes;
  return limits;
}

// Checks what a batch says of itself and passes its records on.
class DecodingSink final : public wire::BatchSink {
 public:
  DecodingSink(const engine::Engine& engine, wire::PlainResponseDecoder& plain,
               engine::BatchBuilder& builder, std::optional<std::uint64_t> expected_sequence)
      : engine_(engine), plain_(plain), builder_(builder), expected_sequence_(expected_sequence) {}

  absl::Status OnHeader(const wire::BatchHeader& header) override {
    header_ = header;
    const std::string& open_wave = engine_.wave().id;
    if (!header.wave.empty() && header.wave != open_wave) {
      return NotFound("wave: \"{}\" is not open here; send wave \"{}\" or leave the field out",
                      Printable(header.wave, kMostQuotedOfSender), open_wave);
    }
    if (header.simulated_time != kNoTime && !engine_.options().simulated_clock) {
      return FailedPrecondition(
          "simulated_time: this server runs on the real clock; leave the field out, or start the "
          "server with --simulated-clock");
    }
    if (expected_sequence_.has_value() && header.sequence != *expected_sequence_) {
      return absl::OutOfRangeError(fmt::format(
          "sequence: {} came where {} was due; number the batches of a connection 1, 2, 3",
          header.sequence, *expected_sequence_));
    }
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

  const wire::BatchHeader& header() const { return header_; }

 private:
  const engine::Engine& engine_;
  wire::PlainResponseDecoder& plain_;
  engine::BatchBuilder& builder_;
  const std::optional<std::uint64_t> expected_sequence_;
  wire::BatchHeader header_;
};

}  // namespace

Intake::Intake(engine::Engine& engine, const IntakeOptions& options)
    : engine_(engine),
      reader_(LimitsOf(options)),
      plain_(engine.shared_wave()),
      builder_(engine.shared_wave(), engine.key(), wave::ResolveOptions{}) {}

Intake::~Intake() = default;

absl::StatusOr<DecodedBatch> Intake::Decode(std::string_view bytes, const DecodeOptions& options) {
  DecodingSink sink(engine_, plain_, builder_, options.expected_sequence);
  builder_.Begin();
  const absl::Status status = reader_.Read(bytes, options.format, sink, options.padded);
  DecodedBatch decoded;
  if (status.ok()) {
    decoded.batch = builder_.Finish(sink.header().simulated_time, sink.header().sequence);
  }
  decoded.refusals = builder_.TakeRefusals();
  decoded.ignored_questions = builder_.TakeIgnoredQuestions(&decoded.ignored_count);
  decoded.ignored_fields = reader_.TakeIgnoredFields(&decoded.ignored_field_count);
  if (!status.ok()) return status;
  decoded.held_bytes = MostBytesOf(decoded);
  return decoded;
}

engine::SubmitResult Intake::Submit(DecodedBatch& decoded,
                                    std::function<void(std::unique_ptr<engine::Batch>)> done) {
  const engine::SubmitResult result = engine_.Submit(decoded.batch, std::move(done));
  if (result != engine::SubmitResult::kQueued) return result;
  if (!decoded.refusals.empty()) engine_.NoteRefusals(std::move(decoded.refusals));
  if (decoded.ignored_count > 0) {
    engine_.NoteIgnoredQuestions(decoded.ignored_questions, decoded.ignored_count);
  }
  if (decoded.ignored_field_count > 0) {
    engine_.NoteIgnoredFields(decoded.ignored_fields, decoded.ignored_field_count);
  }
  return result;
}

void Intake::GiveBack() {
  reader_.GiveBack();
  builder_.GiveBack();
}

void Intake::Recycle(std::unique_ptr<engine::Batch> batch) { builder_.Recycle(std::move(batch)); }

}  // namespace panelpuls::server
