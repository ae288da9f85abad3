// A wave from a text literal, for tests of rooms behind wave.
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "panelpuls/v1/wave.pb.h"
#include "wave/definition.h"

namespace panelpuls::testing {

// Ends the program with the loader's message when the definition is wrong.
inline std::shared_ptr<const wave::Wave> WaveFromText(std::string_view text) {
  v1::WaveDefinition definition;
  if (!google::protobuf::TextFormat::ParseFromString(std::string(text), &definition)) std::abort();
  auto wave = wave::CompileWave(definition, "test");
  if (!wave.ok()) {
    ADD_FAILURE() << wave.status();
    std::abort();
  }
  return *std::move(wave);
}

}  // namespace panelpuls::testing
