#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"
#include "snapshot/contents.h"
#include "snapshot/rendered.h"

namespace panelpuls::report {
namespace {

void AppendNumber(std::string_view key, const std::optional<double>& value, std::string& out) {
  out += key;
  if (value) {
    AppendJsonNumber(*value, out);
  } else {
    out += "null";
  }
}

void AppendText(std::string_view key, std::string_view value, std::string& out) {
  out += key;
  AppendJsonString(value, out);
}

// Written without a message or a writer in between: there are hundreds of figures, ten times a
// second.
void AppendFigure(const wave::Wave& wave, const estimate::FigureKey& key,
                  const estimate::FigureValue& value, std::string& out) {
  AppendText("{\"statistic\":", key.statistic, out);
  AppendText(",\"of\":", key.of, out);
  AppendText(",\"domain\":", key.domain, out);
  AppendText(",\"against\":", key.against, out);
  out += ",\"n\":";
  out += std::to_string(value.n);
  AppendNumber(",\"n_effective\":", value.n_effective, out);
  AppendNumber(",\"value\":", value.value, out);
  AppendNumber(",\"se\":", value.se, out);
  AppendNumber(",\"se_interval\":", value.se_interval, out);
  AppendNumber(",\"low\":", value.low, out);
  AppendNumber(",\"high\":", value.high, out);
  AppendNumber(",\"sequence_low\":", value.sequence_low, out);
  AppendNumber(",\"sequence_high\":", value.sequence_high, out);
  AppendNumber(",\"degrees_of_freedom\":", value.degrees_of_freedom, out);
  out += ",\"flags\":[";
  bool first = true;
  for (const estimate::Flag& flag : value.flags) {
    AppendText(first ? "" : ",", FlagText(wave, flag), out);
    first = false;
  }
  out += "]}";
}

void WriteEstimates(const snapshot::Contents& inputs, JsonWriter& json) {
  v1::Estimates head;
  FillEstimatesHead(inputs, &head);
  json.BeginObject();
  json.Field("wave", head.wave());
  json.Field("n", head.n());
  json.Field("n_outside_population", head.n_outside_population());
  json.Field("n_effective", inputs.estimates->n_effective);
  json.Field("design_effect", inputs.estimates->design_effect);
  json.Field("population", inputs.estimates->population);
  json.Key("calibration");
  WriteMessage(head.calibration(), json);
  json.Key("figures");
  json.BeginArray();
  const std::vector<estimate::FigureKey>& keys = *inputs.keys;
  PP_CHECK(keys.size() == inputs.estimates->figures.size());
  std::string figure;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    figure.clear();
    AppendFigure(*inputs.wave, keys[i], inputs.estimates->figures[i], figure);
    json.Raw(figure);
  }
  json.EndArray();
  json.Key("flags");
  json.BeginArray();
  for (const std::string& flag : head.flags()) json.String(flag);
  json.EndArray();
  FillComparisons(inputs, &head);
  json.Key("comparisons");
  json.BeginArray();
  for (const v1::DomainComparison& comparison : head.comparisons()) WriteMessage(comparison, json);
  json.EndArray();
  json.Key("not_compared");
  json.BeginArray();
  for (const v1::NotCompared& domain : head.not_compared()) WriteMessage(domain, json);
  json.EndArray();
  json.Key("rankings");
  json.BeginArray();
  for (const v1::Ranking& ranking : head.rankings()) WriteMessage(ranking, json);
  json.EndArray();
  FillChannelComparison(inputs, &head);
  json.Key("channel_comparison");
  if (head.has_channel_comparison()) {
    WriteMessage(head.channel_comparison(), json);
  } else {
    json.Null();
  }
  json.Field("indicator_digits", std::uint64_t{head.indicator_digits()});
  json.EndObject();
}

}  // namespace

snapshot::Json SnapshotToJson(const snapshot::Contents& inputs) {
  constexpr std::size_t kBytesPerFigure = 320;
  snapshot::Json result;
  std::string& text = result.whole;
  text.reserve(inputs.keys->size() * kBytesPerFigure + 8192);
  JsonWriter json(text);
  const auto begin_part = [&](std::string_view name, std::size_t part) {
    json.Key(name);
    result.parts[2 * part] = text.size();
  };
  const auto end_part = [&](std::size_t part) {
    result.parts[2 * part + 1] = text.size() - result.parts[2 * part];
  };

  json.BeginObject();
  begin_part("estimates", 0);
  WriteEstimates(inputs, json);
  end_part(0);
  begin_part("collection", 1);
  v1::Collection collection;
  FillCollection(inputs, &collection);
  WriteMessage(collection, json);
  end_part(1);
  begin_part("clock", 2);
  v1::Clock clock;
  FillClock(inputs, &clock);
  WriteMessage(clock, json);
  end_part(2);
  json.EndObject();
  return result;
}

}  // namespace panelpuls::report
