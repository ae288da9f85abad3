#include "wire/plain_agreement.h"

#include <google/protobuf/text_format.h>

#include "panelpuls/v1/wave.pb.h"
#include "wave/definition.h"
#include "wire/protobuf_record.h"

namespace panelpuls::wire {
namespace {

// Codes of 1 byte to more than a look-up compares in words; one question with more options than a
// byte counts is in tests of the resolver.
constexpr const char* kDefinition = R"(
  id: "plain"
  fieldwork_start: "2025-09-01"
  fieldwork_end: "2025-10-31"
  time_zone: "Europe/Copenhagen"
  channels { code: "eboks" }
  channels { code: "c" }
  channels { code: "a channel with a long name" }
  max_respondents: 100
  dimensions {
    id: "d"
    categories { code: "1" population: 10 }
    categories { code: "2" population: 10 }
  }
  dimensions {
    id: "area"
    categories { code: "fyn" population: 10 }
    categories { code: "Sjælland" population: 10 }
  }
  questions {
    id: "q"
    options { code: "1" }
    options { code: "2" }
    options { code: "12" }
  }
  questions {
    id: "factor_with_quite_a_long_name_of_its_own"
    options { code: "neither_agree_nor_disagree_at_all" }
    options { code: "neither_agree_nor_disagree_at_any" }
  }
  questions {
    id: "barriers"
    kind: MULTIPLE
    max_choices: 3
    options { code: "law" }
    options { code: "staff" }
    options { code: "money" }
    options { code: "time" }
    options { code: "none" exclusive: true }
  }
  questions {
    id: "more"
    kind: MULTIPLE
    max_choices: 2
    options { code: "staff" }
    options { code: "x" }
  }
  tabulations { question: "q" }
  weighting { method: NONE }
)";

std::shared_ptr<const wave::Wave> Compile(const std::string& text) {
  v1::WaveDefinition definition;
  PP_CHECK(google::protobuf::TextFormat::ParseFromString(text, &definition));
  auto wave = wave::CompileWave(definition, "plain");
  if (!wave.ok()) fmt::print(stderr, "{}\n", ToStd(wave.status().message()));
  PP_CHECK(wave.ok());
  return *std::move(wave);
}

}  // namespace

const std::vector<std::shared_ptr<const wave::Wave>>& PlainWaves() {
  static const auto* const waves = new std::vector{
      Compile(kDefinition),
      Compile(std::string(kDefinition) + "design { base_weights: BASE_WEIGHTS_PER_UNIT }"),
      Compile(std::string(kDefinition) + "sample_frame { file: \"frame.csv\" }"),
      Compile(std::string(kDefinition) +
              "design { base_weights: BASE_WEIGHTS_PER_UNIT } sample_frame { file: \"f.csv\" }")};
  return *waves;
}

PlainAgreement::PlainAgreement(std::shared_ptr<const wave::Wave> wave)
    : plain_(wave),
      resolver_(wave, {}),
      plain_record_(wave->layout.size),
      record_(wave->layout.size) {}

std::string PlainAgreement::Compare(std::string_view response) {
  std::string_view id;
  was_plain_ = plain_.Decode(response, plain_record_, &id);
  if (!was_plain_) return {};
  RecordFault fault;
  IgnoredFields ignored;
  wave::Rejection rejection;
  if (!DecodeResponse(response, raw_, ignored, fault)) {
    return "took a record that cannot be decoded: " + fault.field + " " + fault.reason;
  }
  if (!resolver_.Resolve(raw_, record_, &rejection)) {
    return "took a record that is refused: " + rejection.field + " " + rejection.reason;
  }
  if (ignored.count() > 0) return "took a record with a field that nobody reads";
  if (id != raw_.respondent_id) return "another id";
  if (plain_record_ != record_) return "another record";
  return {};
}

}  // namespace panelpuls::wire
