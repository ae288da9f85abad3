// Holds the plain decoder against reader and resolver on any bytes; those are held against the
// generated classes by CompareWithGenerated (recording_sink.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wave/resolver.h"
#include "wire/plain_response.h"

namespace panelpuls::wire {

// One definition with everything a response can say, in the kinds that resolve differently: without
// base weights, with base weights per unit, with a sample frame, with both.
const std::vector<std::shared_ptr<const wave::Wave>>& PlainWaves();

class PlainAgreement {
 public:
  explicit PlainAgreement(std::shared_ptr<const wave::Wave> wave);

  // `response`: bytes of a Response, right or not. Empty: agreed; else what differs.
  std::string Compare(std::string_view response);
  // Of the last response: the plain decoder took it.
  bool was_plain() const { return was_plain_; }

 private:
  PlainResponseDecoder plain_;
  wave::Resolver resolver_;
  wave::RawResponse raw_;
  std::vector<std::byte> plain_record_;
  std::vector<std::byte> record_;
  bool was_plain_ = false;
};

}  // namespace panelpuls::wire
