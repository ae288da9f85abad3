#include "wire/small_wave.h"

namespace panelpuls::wire {
namespace {

template <typename T>
std::vector<T> Coded(std::initializer_list<const char*> codes) {
  std::vector<T> result;
  for (const char* const code : codes) result.emplace_back().code = code;
  return result;
}

wave::Wave MakeWave() {
  wave::Wave wave;
  wave.id = "small";
  wave.channels = Coded<wave::Channel>({"eboks", "cati"});
  wave::Dimension& area = wave.dimensions.emplace_back();
  area.id = "area";
  area.categories = Coded<wave::Category>({"Sjælland", "fyn"});
  wave::Question& orders = wave.questions.emplace_back();
  orders.id = "orders";
  orders.options = Coded<wave::Option>({"up", "not_up"});
  wave::Question& barriers = wave.questions.emplace_back();
  barriers.id = "barriers";
  barriers.multiple = true;
  barriers.max_choices = 2;
  barriers.options = Coded<wave::Option>({"money", "time", "no money"});
  return wave;
}

}  // namespace

const wave::Wave& SmallWave() {
  static const wave::Wave wave = MakeWave();
  return wave;
}

const wave::Wave& WeightedWave() {
  static const wave::Wave wave = [] {
    wave::Wave made = MakeWave();
    made.base_weights = wave::BaseWeights::kPerUnit;
    return made;
  }();
  return wave;
}

}  // namespace panelpuls::wire
