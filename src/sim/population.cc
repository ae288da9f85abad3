#include "sim/population.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/truth.h"

namespace panelpuls::sim {
namespace {

// `indicator area=fyn = 3.3`, shares in percent.
absl::StatusOr<std::vector<PublishedFigure>> ReadPublished(const Parameters& parameters,
                                                           const std::vector<TruthFigure>& truth) {
  std::vector<PublishedFigure> result;
  for (const Parameters::Entry* entry : parameters.Section("published")) {
    PublishedFigure figure;
    const std::size_t blank = std::min(entry->name.find(' '), entry->name.size());
    figure.of = entry->name.substr(0, blank);
    figure.domain = entry->name.substr(std::min(blank + 1, entry->name.size()));
    figure.statistic = figure.of == "indicator" ? "mean" : "share";
    PP_ASSIGN_OR_RETURN(figure.value, parameters.Number(*entry, {.low = -1e6, .high = 1e6}));
    const std::size_t point = entry->value.find('.');
    const std::size_t decimals = point == std::string::npos ? 0 : entry->value.size() - point - 1;
    figure.half_unit = 0.5;
    for (std::size_t i = 0; i < decimals; ++i) figure.half_unit /= 10;
    if (figure.statistic == "share") {
      figure.value /= 100;
      figure.half_unit /= 100;
    }
    const bool known = std::any_of(truth.begin(), truth.end(), [&](const TruthFigure& other) {
      return other.statistic == figure.statistic && other.of == figure.of &&
             other.domain == figure.domain;
    });
    if (!known) {
      return parameters.ErrorAt(
          *entry, fmt::format("the wave reports no figure '{}'; write it as snapshots do, such "
                              "as 'indicator/GROUP' or 'indicator DIMENSION=CATEGORY'",
                              entry->name));
    }
    result.push_back(std::move(figure));
  }
  return result;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Population>> Population::Make(
    FileSystem& files, std::shared_ptr<const wave::Wave> wave, const PopulationOptions& options) {
  const bool generic = options.parameters_file.empty();
  std::string text(kGenericParameters);
  if (!generic) {
    PP_ASSIGN_OR_RETURN(text, ReadWholeFile(files, options.parameters_file));
  }
  const std::string name = generic ? "generic parameters" : options.parameters_file;
  PP_ASSIGN_OR_RETURN(const Parameters parameters, Parameters::Parse(text, name));
  PP_ASSIGN_OR_RETURN(const Sizes sizes, ReadSizes(*wave, parameters, generic));
  PP_ASSIGN_OR_RETURN(Model model, MakeModel(wave, parameters,
                                             {.truth_shift = options.truth_shift,
                                              .respondents = sizes.respondents}));
  PP_ASSIGN_OR_RETURN(Plan plan, MakePlan(model, parameters, sizes));
  auto impl = std::make_unique<Impl>(Impl{.model = std::move(model),
                                          .plan = std::move(plan),
                                          .truth_shift = options.truth_shift,
                                          .parameters_name = name,
                                          .truth = {},
                                          .published = {}});
  impl->truth = TruthOf(impl->model);
  PP_ASSIGN_OR_RETURN(impl->published, ReadPublished(parameters, impl->truth));
  if (!generic) PP_RETURN_IF_ERROR(parameters.CheckAllUsed());
  return std::shared_ptr<const Population>(new Population(std::move(impl)));
}

Population::Population(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Population::~Population() = default;

const std::shared_ptr<const wave::Wave>& Population::wave() const { return impl_->model.wave; }
const std::vector<TruthFigure>& Population::truth() const { return impl_->truth; }
const std::vector<PublishedFigure>& Population::published() const { return impl_->published; }

const TruthFigure* Population::FindTruth(std::string_view statistic, std::string_view of,
                                         std::string_view domain) const {
  for (const TruthFigure& figure : impl_->truth) {
    if (figure.statistic == statistic && figure.of == of && figure.domain == domain) return &figure;
  }
  return nullptr;
}

}  // namespace panelpuls::sim
