#include "server/stream_client.h"

#include <cstdio>
#include <utility>

#include "base/status.h"
#include "wire/encode.h"

namespace panelpuls::testing {
namespace {

// YYYY-MM-DDTHH:MM:SSZ
Micros ParseTime(const std::string& text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  PP_CHECK(std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute,
                       &second) == 6);
  std::tm calendar{};
  calendar.tm_year = year - 1900;
  calendar.tm_mon = month - 1;
  calendar.tm_mday = day;
  calendar.tm_hour = hour;
  calendar.tm_min = minute;
  calendar.tm_sec = second;
  return static_cast<Micros>(::timegm(&calendar)) * kMicrosPerSecond;
}

}  // namespace

std::optional<wire::ServerMessageView> StreamClient::Greet(const wire::HelloMessage& hello) {
  std::string bytes;
  wire::AppendHello(hello, bytes);
  connection_.Send(bytes);
  return Read();
}

bool StreamClient::SendBatch(const std::string& batch_bytes) {
  std::string bytes;
  wire::AppendBatch(batch_bytes, bytes);
  return connection_.Send(bytes);
}

std::optional<wire::ServerMessageView> StreamClient::Read() {
  for (;;) {
    std::string& buffer = connection_.buffer();
    const wire::Frame frame = wire::NextFrame(buffer, 64u << 20);
    PP_CHECK(frame.state != wire::Frame::kBad);
    if (frame.state == wire::Frame::kWhole) {
      auto message = wire::ParseServerMessage(frame.message);
      PP_CHECK(message.ok());
      buffer.erase(0, frame.consumed);
      return *std::move(message);
    }
    if (!connection_.ReadMore()) return std::nullopt;
  }
}

std::vector<wave::BatchOutcome> StreamClient::ReadAcks(std::uint64_t through) {
  std::vector<wave::BatchOutcome> outcomes;
  while (outcomes.empty() || outcomes.back().sequence < through) {
    const auto message = Read();
    if (!message.has_value() || !std::holds_alternative<wire::AckMessage>(*message)) break;
    const auto& ack = std::get<wire::AckMessage>(*message);
    outcomes.insert(outcomes.end(), ack.results.begin(), ack.results.end());
  }
  return outcomes;
}

std::optional<wire::ErrorMessage> StreamClient::ReadError(std::vector<wave::BatchOutcome>* acks) {
  while (auto message = Read()) {
    if (auto* error = std::get_if<wire::ErrorMessage>(&*message)) return *error;
    const auto* ack = std::get_if<wire::AckMessage>(&*message);
    if (ack != nullptr && acks != nullptr) {
      acks->insert(acks->end(), ack->results.begin(), ack->results.end());
    }
  }
  return std::nullopt;
}

std::string ResponseBytes(const ResponseText& text) {
  wave::RawResponse response;
  response.respondent_id = text.id;
  response.channel = text.channel;
  response.revision = static_cast<std::uint32_t>(text.revision);
  response.collected_at = ParseTime(text.collected_at);
  response.options = {text.revenue, text.employees};
  response.answers = {{"revenue", 0, 1}, {"employees", 1, 1}};
  std::string bytes;
  wire::AppendResponse(response, bytes);
  return bytes;
}

std::string BatchBytes(const std::vector<ResponseText>& responses, std::uint64_t sequence,
                       std::string_view wave, Micros simulated_time) {
  std::vector<std::string> serialized;
  serialized.reserve(responses.size());
  for (const ResponseText& response : responses) serialized.push_back(ResponseBytes(response));
  wire::BatchParts parts;
  parts.wave = wave;
  parts.simulated_time = simulated_time;
  parts.sequence = sequence;
  parts.responses = serialized;
  std::string bytes;
  wire::AppendBatchBytes(parts, bytes);
  return bytes;
}

}  // namespace panelpuls::testing
