#include "wave/sample_wave.h"

#include "testing/simulated_file_system.h"

namespace panelpuls::wave {

constexpr std::string_view kSampleDefinition = R"(id: "sample"
title { da: "Prøve" en: "Sample" }
fieldwork_start: "2025-09-01"
fieldwork_end: "2025-10-31"
time_zone: "Europe/Copenhagen"
languages: "da"
channels { code: "eboks" target: 300 }
channels { code: "cati" target: 100 }
max_respondents: 1000
dimensions {
  id: "size"
  ordered: true
  categories { code: "small" collapse_into: "large" }
  categories { code: "large" collapse_into: "small" }
}
dimensions {
  id: "area"
  categories { code: "Fyn" }
  categories { code: "Sjælland" }
  categories { code: "Bornholm" }
}
population { file: "population.csv" provenance: "made up" }
questions {
  id: "revenue"
  kind: SCALE
  required: true
  options { code: "up" }
  options { code: "same" }
  options { code: "down" }
  options { code: "dont_know" missing: true }
  sets { id: "not_down" options: "up" options: "same" }
}
questions {
  id: "employees"
  required: true
  options { code: "up" }
  options { code: "same" }
  options { code: "down" }
  options { code: "dont_know" missing: true }
}
questions {
  id: "barriers"
  kind: MULTIPLE
  max_choices: 2
  options { code: "law" }
  options { code: "staff" }
  options { code: "money" }
  options { code: "none" exclusive: true }
  options { code: "unsure" exclusive: true missing: true }
}
indicator {
  questions: "revenue"
  questions: "employees"
  groups { id: "a" score: 100 combinations { options: "up" options: "down" } }
  groups {
    id: "b"
    score: 0
    combinations { options: "same" options: "same" }
    combinations { options: "up" options: "up" }
  }
  groups { id: "c" score: -50.5 combinations { options: "down" options: "same" } }
}
tabulations { by: "area" by: "channel" by: "barriers_asked" }
tabulations { question: "barriers" by: "direction" }
questions {
  id: "barriers_asked"
  options { code: "yes" }
  options { code: "no" }
}
weighting { dimensions: "area" dimensions: "size" collapse_below: 5 }
reporting { confidence_level: 0.95 sequence_planned_n: 400 }
planned_arrivals { date: "2025-09-01" share: 0.25 channel: "eboks" }
planned_arrivals { date: "2025-10-01" share: 0.5 channel: "eboks" }
comparisons {
  id: "spring"
  figures { statistic: "mean" of: "indicator" domain: "area=Fyn" value: 1.5 n: 50 }
  figures { statistic: "share" of: "revenue/not_down" domain: "size=small&channel=cati" value: 0.5 }
}
disposition_precedence: "complete"
)";

constexpr std::string_view kSamplePopulation = R"(dimension,category,total
size,small,900
size,large,100
area,Fyn,300
area,Sjælland,600.5
area,Bornholm,99.5
)";

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  PP_CHECK(at != std::string_view::npos);
  PP_CHECK(text.find(from, at + 1) == std::string_view::npos);
  std::string result(text);
  return result.replace(at, from.size(), to);
}

absl::StatusOr<std::shared_ptr<const Wave>> LoadSample(const SampleFiles& files,
                                                       const LoadOptions& options) {
  testing::SimulatedFileSystem system;
  system.PutFile("wave.textproto", files.definition);
  system.PutFile("population.csv", files.population);
  if (!files.joint.empty()) system.PutFile("joint.csv", files.joint);
  return LoadWave(system, "wave.textproto", options);
}

std::shared_ptr<const Wave> MustLoad(const SampleFiles& files) {
  absl::StatusOr<std::shared_ptr<const Wave>> wave = LoadSample(files);
  if (!wave.ok()) fmt::print(stderr, "{}\n", ToStd(wave.status().message()));
  PP_CHECK(wave.ok());
  return *wave;
}

SampleFiles WithFrame() {
  SampleFiles files;
  files.definition += "sample_frame { file: \"frame.csv\" }\n";
  return files;
}

SampleFiles WithBaseWeights() {
  SampleFiles files;
  files.definition += "design { base_weights: BASE_WEIGHTS_PER_UNIT }\n";
  return files;
}

std::string SourcePath(std::string_view path) {
  return fmt::format("{}/{}", PANELPULS_SOURCE_DIR, path);
}

}  // namespace panelpuls::wave
