#include "sim/messages.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace panelpuls::sim {

void MessageList::Add(const Version& version, const Answers& answers) {
  const wave::Wave& wave = *model_.wave;
  Message message{.send_at = version.send_at,
                  .channel = version.channel,
                  .is_event = false,
                  .response = {},
                  .event = {}};
  wave::RawResponse& response = message.response;
  response.respondent_id = version.id;
  response.channel = wave.channels[static_cast<std::size_t>(version.channel)].code;
  response.revision = version.revision;
  response.collected_at = version.collected_at;
  response.status = version.status;
  response.base_weight = version.base_weight;
  for (std::size_t q = 0; q < answers.size(); ++q) {
    if (answers[q].empty()) continue;
    response.answers.push_back({.question = wave.questions[q].id,
                                .first_option = static_cast<std::uint32_t>(response.options.size()),
                                .option_count = static_cast<std::uint32_t>(answers[q].size())});
    for (const int option : answers[q]) {
      response.options.push_back(wave.questions[q].options[static_cast<std::size_t>(option)].code);
    }
  }
  if (!wave.has_frame) {
    for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
      const std::size_t category = model_.cells.CategoryOf(version.cell, d);
      response.categories.push_back({.dimension = wave.dimensions[d].id,
                                     .category = wave.dimensions[d].categories[category].code});
    }
  }
  messages_.push_back(std::move(message));
}

void MessageList::Add(const Happening& happening) {
  Message message{.send_at = happening.at,
                  .channel = happening.channel,
                  .is_event = true,
                  .response = {},
                  .event = {}};
  message.event = {
      .unit_id = happening.id,
      .channel = model_.wave->channels[static_cast<std::size_t>(happening.channel)].code,
      .at = happening.at,
      .disposition = wave::DispositionCode(happening.disposition),
      .event_id = {}};
  messages_.push_back(std::move(message));
}

std::vector<Message> MessageList::TakeSorted() {
  std::vector<std::size_t> order(messages_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return std::tuple(messages_[a].send_at, messages_[a].channel, a) <
           std::tuple(messages_[b].send_at, messages_[b].channel, b);
  });
  std::vector<Message> sorted;
  sorted.reserve(order.size());
  for (const std::size_t place : order) sorted.push_back(std::move(messages_[place]));
  messages_.clear();
  return sorted;
}

}  // namespace panelpuls::sim
