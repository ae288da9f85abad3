// Responses of a wave as messages, for benchmarks that begin at the wire.
#pragma once

#include <random>
#include <string>

#include "panelpuls/v1/batch.pb.h"
#include "wave/wave.h"

namespace panelpuls::bench {

enum class Answered { kAll, kThreeInFour };

// A response of the wave: up to three choices where several may be made.
inline v1::Response RandomResponse(const wave::Wave& wave, const std::string& id,
                                   std::mt19937_64& random,
                                   Answered answered = Answered::kThreeInFour) {
  v1::Response response;
  response.set_respondent_id(id);
  response.set_channel(wave.channels[random() % wave.channels.size()].code);
  response.set_revision(1);
  response.mutable_collected_at()->set_seconds(wave.fieldwork_start_time / kMicrosPerSecond +
                                               static_cast<std::int64_t>(random() % 4'000'000));
  for (const wave::Question& question : wave.questions) {
    if (answered == Answered::kThreeInFour && random() % 4 == 0) continue;
    v1::Answer& answer = *response.add_answers();
    answer.set_question(question.id);
    const std::size_t first = random() % question.options.size();
    answer.add_options(question.options[first].code);
    if (!question.multiple || question.options[first].exclusive) continue;
    for (std::size_t o = first + 1; o < question.options.size(); ++o) {
      if (answer.options_size() == 3 || random() % 2 == 0) break;
      if (!question.options[o].exclusive) answer.add_options(question.options[o].code);
    }
  }
  for (const wave::Dimension& dimension : wave.dimensions) {
    v1::CategoryValue& value = *response.add_categories();
    value.set_dimension(dimension.id);
    value.set_category(dimension.categories[random() % dimension.categories.size()].code);
  }
  return response;
}

}  // namespace panelpuls::bench
