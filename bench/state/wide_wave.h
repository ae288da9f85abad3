// The real wave made larger: a fifth weighting dimension of so many categories, and each factor and
// the barriers by the use of AI, too.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "state/panel.h"
#include "testing/scratch_directory.h"
#include "wave/definition.h"

namespace panelpuls::bench {

inline std::string ReadText(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

struct Widening {
  int regions = 10;  // 1: no such dimension
  bool more_tables = false;
};

inline void ReplaceAll(std::string_view from, std::string_view to, std::string* text) {
  Require(text->find(from) != std::string::npos, "the wave's text");
  for (std::size_t place = 0; (place = text->find(from, place)) != std::string::npos;
       place += to.size()) {
    text->replace(place, from.size(), to);
  }
}

inline std::shared_ptr<const wave::Wave> WideWave(std::uint64_t max_respondents,
                                                  const Widening& widening = {}) {
  const std::string name = "virksomhedspanel-2025-efteraar";
  const std::string folder = std::string(PANELPULS_SOURCE_DIR) + "/waves/";
  std::string text = ReadText(folder + name + ".textproto");
  std::string population = ReadText(folder + name + ".population.csv");
  double total = 0;
  for (const wave::Category& category : RealWave(max_respondents)->dimensions[0].categories) {
    total += category.population;
  }
  if (widening.regions > 1) {
    text += "\ndimensions {\n  id: \"region\"\n";
    for (int i = 0; i < widening.regions; ++i) {
      const std::string code = "r" + std::to_string(i);
      text += "  categories { code: \"" + code + "\" label { da: \"" + code + "\" en: \"" + code +
              "\" } }\n";
      population += "region," + code + "," + std::to_string(total / widening.regions) + "\n";
    }
    text += "}\n";
    ReplaceAll("dimensions: \"age\" collapse_below",
               "dimensions: \"age\" dimensions: \"region\" collapse_below", &text);
  }
  if (widening.more_tables) {
    ReplaceAll("by: \"direction\" }", "by: \"direction\" by: \"ai_use\" }", &text);
  }
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
