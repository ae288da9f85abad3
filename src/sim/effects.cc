#include "sim/effects.h"

namespace panelpuls::sim {
namespace {

template <typename Items>
std::string KnownCodes(const Items& items) {
  std::string result;
  for (const auto& item : items) {
    if (!result.empty()) result += ", ";
    result += item.code;
  }
  return result;
}

}  // namespace

absl::StatusOr<std::size_t> CategoryNamed(const Parameters& parameters,
                                          const Parameters::Entry& entry,
                                          const wave::Dimension& dimension) {
  const int found = wave::Wave::FindCategory(dimension, entry.name);
  if (found != wave::kNone) return static_cast<std::size_t>(found);
  return parameters.ErrorAt(
      entry, fmt::format("dimension {} has no category '{}'; it has {}", dimension.id, entry.name,
                         KnownCodes(dimension.categories)));
}

absl::StatusOr<std::size_t> OptionNamed(const Parameters& parameters,
                                        const Parameters::Entry& entry,
                                        const wave::Question& question) {
  const int found = wave::Wave::FindOption(question, entry.name);
  if (found != wave::kNone) return static_cast<std::size_t>(found);
  return parameters.ErrorAt(
      entry, fmt::format("question {} has no option '{}'; it has {}", question.id, entry.name,
                         KnownCodes(question.options)));
}

std::vector<int> ValidOptions(const wave::Question& question) {
  std::vector<int> result;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    if (!question.options[i].missing) result.push_back(static_cast<int>(i));
  }
  return result;
}

absl::StatusOr<std::vector<double>> SumEffects(const Model& model, const Parameters& parameters,
                                               const EffectOptions& options, bool* found) {
  const wave::Wave& wave = *model.wave;
  const std::size_t levels = options.cells_only ? 1 : model.levels;
  std::vector<double> sums(model.cells.count() * levels, 0);
  const auto section_of = [&](std::string_view id) {
    return fmt::format("{}.{}", options.prefix, id);
  };
  for (std::size_t d = 0; d < wave.dimensions.size(); ++d) {
    for (const Parameters::Entry* entry : parameters.Section(section_of(wave.dimensions[d].id))) {
      PP_ASSIGN_OR_RETURN(const std::size_t category,
                          CategoryNamed(parameters, *entry, wave.dimensions[d]));
      PP_ASSIGN_OR_RETURN(const double effect, parameters.Number(*entry, options.range));
      if (found != nullptr) *found = true;
      for (std::size_t type = 0; type < sums.size(); ++type) {
        if (model.cells.CategoryOf(type / levels, d) == category) sums[type] += effect;
      }
    }
  }
  if (model.driver == wave::kNone || options.cells_only) return sums;
  const wave::Question& driver = wave.questions[static_cast<std::size_t>(model.driver)];
  for (const Parameters::Entry* entry : parameters.Section(section_of(driver.id))) {
    PP_ASSIGN_OR_RETURN(const std::size_t option, OptionNamed(parameters, *entry, driver));
    PP_ASSIGN_OR_RETURN(const double effect, parameters.Number(*entry, options.range));
    if (found != nullptr) *found = true;
    for (std::size_t type = 0; type < sums.size(); ++type) {
      const std::vector<int>& answer = model.driver_block.outcomes[type % levels];
      if (answer.front() == static_cast<int>(option)) sums[type] += effect;
    }
  }
  return sums;
}

}  // namespace panelpuls::sim
