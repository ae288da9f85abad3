#include "base/json_writer.h"
#include "report/message_json.h"
#include "report/parts.h"

namespace panelpuls::report {
namespace {

// Written without a message in between: there are hundreds of them, ten times a second.
void WriteFigure(const wave::Wave& wave, const estimate::FigureKey& key,
                 const estimate::FigureValue& value, JsonWriter& json) {
  json.BeginObject();
  json.Field("statistic", key.statistic);
  json.Field("of", key.of);
  json.Field("domain", key.domain);
  json.Field("against", key.against);
  json.Field("n", value.n);
  json.Field("n_effective", value.n_effective);
  json.Field("value", value.value);
  json.Field("se", value.se);
  json.Field("se_interval", value.se_interval);
  json.Field("low", value.low);
  json.Field("high", value.high);
  json.Field("sequence_low", value.sequence_low);
  json.Field("sequence_high", value.sequence_high);
  json.Field("degrees_of_freedom", value.degrees_of_freedom);
  json.Key("flags");
  json.BeginArray();
  for (const estimate::Flag& flag : value.flags) json.String(FlagText(wave, flag));
  json.EndArray();
  json.EndObject();
}

void WriteEstimates(const SnapshotInputs& inputs, JsonWriter& json) {
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
  for (std::size_t i = 0; i < keys.size(); ++i) {
    WriteFigure(*inputs.wave, keys[i], inputs.estimates->figures[i], json);
  }
  json.EndArray();
  json.Key("flags");
  json.BeginArray();
  for (const std::string& flag : head.flags()) json.String(flag);
  json.EndArray();
  json.EndObject();
}

}  // namespace

SnapshotJson SnapshotToJson(const SnapshotInputs& inputs) {
  constexpr std::size_t kBytesPerFigure = 320;
  SnapshotJson result;
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
