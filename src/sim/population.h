// What a Population holds; private to this room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/fieldwork.h"
#include "sim/model.h"
#include "sim/plan.h"

namespace panelpuls::sim {

struct Population::Impl {
  Model model;
  Plan plan;
  double truth_shift = 0;
  std::string parameters_name;
  std::vector<TruthFigure> truth;
  std::vector<PublishedFigure> published;
};

}  // namespace panelpuls::sim
