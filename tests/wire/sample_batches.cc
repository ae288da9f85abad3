#include "wire/sample_batches.h"

#include <fmt/format.h>

namespace panelpuls::wire {
namespace {

std::uint64_t Below(std::mt19937_64& random, std::uint64_t bound) { return random() % bound; }

std::string RandomText(std::mt19937_64& random) {
  static const char* const kPieces[] = {"a", "up", "Sjælland", "\"", "\\", "\n", "€", "𝄞", "x y"};
  std::string text;
  for (std::uint64_t i = Below(random, 5); i > 0; --i) text += kPieces[Below(random, 9)];
  return text;
}

void SetRandomTime(std::mt19937_64& random, google::protobuf::Timestamp& time) {
  time.set_seconds(static_cast<std::int64_t>(Below(random, 4'000'000'000)) - 1'000'000'000);
  time.set_nanos(static_cast<std::int32_t>(Below(random, 2) * Below(random, 1'000'000) * 1000));
}

v1::Response RandomResponse(std::mt19937_64& random) {
  v1::Response response;
  response.set_respondent_id(RandomText(random));
  response.set_channel(RandomText(random));
  response.set_revision(static_cast<std::uint32_t>(random() >> Below(random, 64)));
  if (Below(random, 2) != 0) SetRandomTime(random, *response.mutable_collected_at());
  response.set_status(static_cast<v1::Response::Status>(Below(random, 4)));
  for (std::uint64_t i = Below(random, 4); i > 0; --i) {
    v1::Answer& answer = *response.add_answers();
    answer.set_question(RandomText(random));
    for (std::uint64_t j = Below(random, 3); j > 0; --j) answer.add_options(RandomText(random));
  }
  for (std::uint64_t i = Below(random, 3); i > 0; --i) {
    v1::CategoryValue& category = *response.add_categories();
    category.set_dimension(RandomText(random));
    category.set_category(RandomText(random));
  }
  if (Below(random, 2) != 0) {
    response.set_base_weight(static_cast<double>(random()) / static_cast<double>(random() | 1));
  }
  return response;
}

}  // namespace

v1::Batch SmallBatch() {
  v1::Batch batch;
  v1::Response& response = *batch.add_responses();
  response.set_respondent_id("Ø1");
  response.set_channel("cati");
  response.set_revision(300);
  response.mutable_collected_at()->set_seconds(1'759'831'200);
  response.mutable_collected_at()->set_nanos(1'500);
  response.set_status(v1::Response::PARTIAL);
  v1::Answer& answer = *response.add_answers();
  answer.set_question("q");
  answer.add_options("up");
  answer.add_options("æ");
  response.add_answers()->set_question("r");
  v1::CategoryValue& category = *response.add_categories();
  category.set_dimension("area");
  category.set_category("fyn");
  response.set_base_weight(1.5);
  v1::CaseEvent& event = *batch.add_case_events();
  event.set_unit_id("U");
  event.set_channel("cati");
  event.mutable_at()->set_seconds(5);
  event.set_disposition("refusal");
  event.set_event_id("e1");
  batch.set_wave("w");
  batch.mutable_simulated_time()->set_seconds(7);
  batch.set_sequence(9);
  return batch;
}

v1::Batch PlainBatch(int responses) {
  v1::Batch batch;
  batch.set_wave("cases");
  for (int i = 0; i < responses; ++i) {
    v1::Response& response = *batch.add_responses();
    response.set_respondent_id(fmt::format("P{:04}", i));
    response.set_channel("cati");
    response.set_revision(1);
    response.mutable_collected_at()->set_seconds(1'759'831'200);
    for (const auto& [question, option] : {std::pair("revenue", "up"), {"employees", "same"}}) {
      v1::Answer& answer = *response.add_answers();
      answer.set_question(question);
      answer.add_options(option);
    }
  }
  return batch;
}

v1::Batch RandomBatch(std::mt19937_64& random) {
  v1::Batch batch;
  batch.set_wave(RandomText(random));
  batch.set_sequence(random() >> Below(random, 64));
  if (Below(random, 2) != 0) SetRandomTime(random, *batch.mutable_simulated_time());
  for (std::uint64_t i = Below(random, 4); i > 0; --i)
    *batch.add_responses() = RandomResponse(random);
  for (std::uint64_t i = Below(random, 3); i > 0; --i) {
    v1::CaseEvent& event = *batch.add_case_events();
    event.set_unit_id(RandomText(random));
    event.set_channel(RandomText(random));
    if (Below(random, 2) != 0) SetRandomTime(random, *event.mutable_at());
    event.set_disposition(RandomText(random));
    event.set_event_id(RandomText(random));
  }
  return batch;
}

}  // namespace panelpuls::wire
