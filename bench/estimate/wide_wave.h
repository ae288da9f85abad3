// The real wave with a fifth weighting dimension of ten categories: ten times the cells.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "base/file.h"
#include "state/panel.h"
#include "testing/scratch_directory.h"
#include "wave/definition.h"

namespace panelpuls::bench {

inline std::string ReadText(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::shared_ptr<const wave::Wave> WideWave(std::uint64_t max_respondents) {
  const std::string name = "virksomhedspanel-2025-efteraar";
  const std::string folder = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
  std::string text = ReadText(folder + name + ".textproto");
  std::string population = ReadText(folder + name + ".population.csv");
  double total = 0;
  for (const wave::Category& category : RealWave(max_respondents)->dimensions[0].categories) {
    total += category.population;
  }
  text += "\ndimensions {\n  id: \"region\"\n";
  for (int i = 0; i < 10; ++i) {
    const std::string code = "r" + std::to_string(i);
    text += "  categories { code: \"" + code + "\" label { da: \"" + code + "\" en: \"" + code +
            "\" } }\n";
    population += "region," + code + "," + std::to_string(total / 10) + "\n";
  }
  text += "}\n";
  const std::string before = "dimensions: \"age\" collapse_below";
  const std::size_t place = text.find(before);
  Require(place != std::string::npos, "weighting of the wave");
  text.replace(place, before.size(), "dimensions: \"age\" dimensions: \"region\" collapse_below");
  const testing::ScratchDirectory scratch;
  std::ofstream(scratch.File(name + ".textproto")) << text;
  std::ofstream(scratch.File(name + ".population.csv")) << population;
  auto loaded = wave::LoadWave(PosixFileSystem(), scratch.File(name + ".textproto"));
  if (!loaded.ok()) Require(false, std::string(loaded.status().message()).c_str());
  auto wave = std::make_shared<wave::Wave>(**loaded);
  wave->max_respondents = max_respondents;
  return wave;
}

}  // namespace panelpuls::bench
