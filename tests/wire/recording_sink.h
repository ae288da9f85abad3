// A sink that keeps what a reader gives as messages of the generated classes, so that readers can
// be held against protobuf's own parser.
#pragma once

#include <string>
#include <vector>

#include "panelpuls/v1/batch.pb.h"
#include "wire/batch_reader.h"

namespace panelpuls::wire {

v1::Response ToMessage(const wave::RawResponse& response);
v1::CaseEvent ToMessage(const wave::RawCaseEvent& event);

struct BadRecord {
  wave::RecordKind kind;
  std::uint32_t index;
  std::string field;
  std::string reason;
};

class RecordingSink final : public BatchSink {
 public:
  absl::Status OnHeader(const BatchHeader& given) override;
  void OnResponse(std::uint32_t index, const wave::RawResponse& response) override;
  void OnCaseEvent(std::uint32_t index, const wave::RawCaseEvent& event) override;
  void OnBadRecord(wave::RecordKind kind, std::uint32_t index, const RecordFault& fault) override;

  absl::Status header_status;  // what OnHeader answers
  int headers = 0;
  bool header_was_late = false;  // a record came before it
  BatchHeader header;
  std::vector<std::uint32_t> indices;  // of good and bad records, as they came
  std::vector<std::pair<std::uint32_t, v1::Response>> responses;
  std::vector<std::pair<std::uint32_t, v1::CaseEvent>> case_events;
  std::vector<BadRecord> bad;
};

// Holds BatchReader against the generated classes on any bytes: what they cannot parse must be
// refused, what they can parse must come out equal or be refused for a rule of ours (wire type,
// range, status). Empty: agreed; else what differs.
std::string CompareWithGenerated(BatchReader& reader, std::string_view bytes);

}  // namespace panelpuls::wire
