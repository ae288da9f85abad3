// Batches in JSON. The whole document is parsed first, so that broken JSON refuses the batch before
// any record is given; then each element of the arrays is decoded alone.
// Memory   the parser's tape, strings and index for the longest document so far, several times its
//          length; kept from batch to batch, bounded by BatchLimits::max_bytes.
// Threads  one at a time.
#pragma once

#include <simdjson.h>

#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "wire/batch_reader.h"
#include "wire/json_record.h"

namespace panelpuls::wire {

class JsonBatchReader {
 public:
  // `padded`: the bytes may be read SIMDJSON_PADDING beyond their end.
  absl::Status Read(std::string_view bytes, bool padded, const BatchLimits& limits,
                    BatchSink& sink);
  IgnoredFields& ignored_fields() { return ignored_; }

 private:
  // The arrays of records, by wave::RecordKind.
  static constexpr std::size_t kKinds = 2;
  struct Document {
    BatchHeader header;
    std::array<simdjson::dom::array, kKinds> records;
    std::array<bool, kKinds> has_records{};
    std::array<std::size_t, kKinds> place{};  // among the fields, of what counts
  };

  absl::Status Parse(std::string_view bytes, bool padded, simdjson::dom::element& root);
  absl::Status ParseAround(simdjson::dom::element& root);
  absl::Status BlankNumbers();
  const RecordFault* FaultOf(wave::RecordKind kind, std::uint32_t index) const;
  void CopyPadded(std::string_view bytes);
  void GiveRecords(const Document& document, wave::RecordKind kind, BatchSink& sink);

  simdjson::dom::parser parser_;
  std::vector<char> copy_;     // of a document that has no padding, or that is patched
  std::size_t copy_size_ = 0;  // without the padding
  // Records that a number refuses, the first of each; no more than a batch may have records.
  std::array<std::map<std::uint32_t, RecordFault>, kKinds> bad_numbers_;
  std::array<std::size_t, kKinds> bad_place_{};  // of the field that they stand in
  IgnoredFields ignored_;
  wave::RawResponse response_;
  RecordFault fault_;
};

}  // namespace panelpuls::wire
