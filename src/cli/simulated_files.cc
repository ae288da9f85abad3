#include "cli/simulated_files.h"

#include <array>
#include <string_view>

#include "base/csv.h"
#include "base/json_writer.h"
#include "wire/encode.h"
#include "wire/stream.h"

namespace panelpuls::cli {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"COMPLETE", "PARTIAL", "WITHDRAWN",
                                                          "TEST"};

std::string_view StatusName(wave::Status status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::string CsvHeader(const wave::Wave& wave) {
  std::string header = "respondent_id,channel,revision,collected_at,status";
  if (wave.base_weights == wave::BaseWeights::kPerUnit) header += ",base_weight";
  if (!wave.has_frame) {
    for (const wave::Dimension& dimension : wave.dimensions) header += "," + QuoteCsv(dimension.id);
  }
  for (const wave::Question& question : wave.questions) header += "," + QuoteCsv(question.id);
  return header + "\n";
}

void AppendCsvRow(const wave::Wave& wave, const wave::RawResponse& response, std::string& out) {
  out += fmt::format("{},{},{},{},{}", QuoteCsv(response.respondent_id), QuoteCsv(response.channel),
                     response.revision, wave.time_zone.Format(response.collected_at),
                     StatusName(response.status));
  if (wave.base_weights == wave::BaseWeights::kPerUnit) {
    out += response.base_weight.has_value() ? fmt::format(",{}", *response.base_weight) : ",";
  }
  for (const wave::RawCategory& category : response.categories)
    out += "," + QuoteCsv(category.category);
  std::size_t next = 0;
  for (const wave::Question& question : wave.questions) {
    out += ',';
    if (next == response.answers.size() || response.answers[next].question != question.id) continue;
    const wave::RawAnswer& answer = response.answers[next++];
    std::string field;
    for (std::uint32_t i = 0; i < answer.option_count; ++i) {
      if (i > 0) field += '|';
      field += response.options[answer.first_option + i];
    }
    out += QuoteCsv(field);
  }
  out += '\n';
}

void AppendJsonLine(const wave::Wave& wave, const wave::RawResponse& response, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Field("respondentId", response.respondent_id);
  json.Field("channel", response.channel);
  json.Field("revision", response.revision);
  json.Field("collectedAt", wave.time_zone.Format(response.collected_at));
  json.Field("status", StatusName(response.status));
  json.Key("answers");
  json.BeginArray();
  for (const wave::RawAnswer& answer : response.answers) {
    json.BeginObject();
    json.Field("question", answer.question);
    json.Key("options");
    json.BeginArray();
    for (std::uint32_t i = 0; i < answer.option_count; ++i)
      json.String(response.options[answer.first_option + i]);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("categories");
  json.BeginArray();
  for (const wave::RawCategory& category : response.categories) {
    json.BeginObject();
    json.Field("dimension", category.dimension);
    json.Field("category", category.category);
    json.EndObject();
  }
  json.EndArray();
  if (response.base_weight.has_value()) json.Field("baseWeight", *response.base_weight);
  json.EndObject();
  out += '\n';
}

}  // namespace

std::string ResponsesAs(wire::FileFormat format, const sim::Fieldwork& fieldwork) {
  const wave::Wave& wave = *fieldwork.population().wave();
  std::string out = format == wire::FileFormat::kCsv ? CsvHeader(wave) : "";
  std::string bytes;
  for (const sim::Message& message : fieldwork.messages()) {
    if (message.is_event) continue;
    switch (format) {
      case wire::FileFormat::kCsv:
        AppendCsvRow(wave, message.response, out);
        break;
      case wire::FileFormat::kJsonLines:
        AppendJsonLine(wave, message.response, out);
        break;
      case wire::FileFormat::kDelimited:
        bytes.clear();
        wire::AppendResponse(message.response, bytes);
        wire::AppendDelimited(bytes, out);
        break;
    }
  }
  return out;
}

std::string EventsAsCsv(const sim::Fieldwork& fieldwork) {
  const wave::Wave& wave = *fieldwork.population().wave();
  std::string out = "unit_id,disposition,channel,at\n";
  for (const sim::Message& message : fieldwork.messages()) {
    if (!message.is_event) continue;
    out += fmt::format("{},{},{},{}\n", message.event.unit_id, message.event.disposition,
                       QuoteCsv(message.event.channel), wave.time_zone.Format(message.event.at));
  }
  return out;
}

}  // namespace panelpuls::cli
