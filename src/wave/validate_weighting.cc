// Dimensions, their totals, weighting and design.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/printable.h"
#include "wave/definition_items.h"
#include "wave/definition_source.h"
#include "wave/export_columns.h"

namespace panelpuls::wave {
namespace {

constexpr int kMaxCategories = 65'534;
constexpr int kMaxDimensions = 64;
// Relative difference up to which two sums of totals are equal.
constexpr double kTotalTolerance = 1e-9;

// Names of domains, and of columns that are read; the export's have a list of their own.
constexpr std::array<std::string_view, 9> kReservedIds = {
    "channel", "direction", "indicator",    "respondent_id", "revision",
    "status",  "unit_id",   "collected_at", "base_weight"};

double SumOfTotals(const v1::Dimension& dimension) {
  double sum = 0;
  for (const v1::Category& category : dimension.categories()) sum += category.population();
  return sum;
}

bool SameSum(double a, double b) {
  return std::abs(a - b) <= kTotalTolerance * std::max(std::abs(a), std::abs(b));
}

absl::Status ValidateCategories(const v1::Dimension& dimension, const Place& place) {
  if (dimension.categories_size() == 0) {
    return place.Error(fmt::format(
        "dimension \"{}\" has no categories; add categories {{ code: \"...\" }}", dimension.id()));
  }
  if (dimension.categories_size() > kMaxCategories) {
    return place.Error(fmt::format("dimension \"{}\" has {} categories; at most {} have room",
                                   dimension.id(), dimension.categories_size(), kMaxCategories));
  }
  std::set<std::string_view> seen;
  for (int c = 0; c < dimension.categories_size(); ++c) {
    const v1::Category& category = dimension.categories(c);
    const Place here = place.In("categories", c);
    PP_RETURN_IF_ERROR(ValidateCode(here.TextOf("code"),
                                    fmt::format("category of dimension \"{}\"", dimension.id()),
                                    category.code()));
    if (!seen.insert(category.code()).second) {
      return here.ErrorAt("code", fmt::format("category \"{}\" of dimension \"{}\" is defined "
                                              "twice; rename or remove one",
                                              category.code(), dimension.id()));
    }
    if (category.collapse_into().empty()) continue;
    if (IndexOfCode(dimension.categories(), category.collapse_into()) < 0) {
      return here.ErrorAt("collapse_into",
                          fmt::format("\"{}\" is no category of dimension \"{}\"; known: {}",
                                      Printable(category.collapse_into()), dimension.id(),
                                      ListOptionCodes(dimension.categories())));
    }
    // Two categories may name each other: the smaller is collapsed first, then both are one.
    if (category.collapse_into() == category.code()) {
      return here.ErrorAt("collapse_into",
                          fmt::format("category \"{}\" of dimension \"{}\" is collapsed into "
                                      "itself; name another one or remove collapse_into",
                                      category.code(), dimension.id()));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateTotalsOf(const DefinitionSource& source, int d) {
  const v1::Dimension& dimension = source.definition.dimensions(d);
  if (!HasTotals(dimension)) return absl::OkStatus();
  for (int c = 0; c < dimension.categories_size(); ++c) {
    const v1::Category& category = dimension.categories(c);
    if (!category.has_population()) {
      return source.Root()
          .In("dimensions", d)
          .In("categories", c)
          .Error(fmt::format(
              "category \"{}\" of dimension \"{}\" has no population total while others "
              "have; add one (0: out of scope)",
              category.code(), dimension.id()));
    }
    if (!std::isfinite(category.population()) || category.population() < 0) {
      return InvalidArgument(
          "{}: total {} of category \"{}\" of dimension \"{}\" is no number of "
          "enterprises; write one, 0 or more",
          source.TotalPlace(d, c), category.population(), category.code(), dimension.id());
    }
  }
  if (!(SumOfTotals(dimension) > 0)) {
    return InvalidArgument("{}: every total of dimension \"{}\" is 0; write the totals",
                           source.TotalPlace(d, 0), dimension.id());
  }
  return absl::OkStatus();
}

// Dimensions that weighting uses, by number.
std::vector<int> WeightingDimensions(const v1::WaveDefinition& definition) {
  std::vector<int> dimensions;
  for (const std::string& id : definition.weighting().dimensions()) {
    dimensions.push_back(IndexOfId(definition.dimensions(), id));
  }
  if (!dimensions.empty()) return dimensions;
  for (int d = 0; d < definition.dimensions_size(); ++d) {
    if (HasTotals(definition.dimensions(d))) dimensions.push_back(d);
  }
  return dimensions;
}

absl::Status ValidateJoint(const DefinitionSource& source, const std::vector<int>& dimensions) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  const bool poststratify = definition.weighting().method() == v1::Weighting::POSTSTRATIFY;
  if (definition.joint_population_size() == 0) {
    if (poststratify && dimensions.size() > 1) {
      return root.In("weighting")
          .Error(
              "POSTSTRATIFY on several dimensions needs their joint table; add population { "
              "joint_file "
              "}, or write method: RAKE");
    }
    return absl::OkStatus();
  }
  if (!poststratify) {
    return root.In("weighting")
        .Error(
            "a joint table is given, which only POSTSTRATIFY uses; remove it or write method: "
            "POSTSTRATIFY");
  }
  double cells = 1;
  for (const int d : dimensions) cells *= definition.dimensions(d).categories_size();
  if (cells != static_cast<double>(definition.joint_population_size())) {
    return root.ErrorAt("joint_population", 0,
                        fmt::format("the joint table has {} totals, its dimensions have {} "
                                    "combinations; give one total each",
                                    definition.joint_population_size(), cells));
  }
  for (const double total : definition.joint_population()) {
    if (!std::isfinite(total) || total < 0) {
      return root.ErrorAt("joint_population", 0,
                          fmt::format("joint total {} is no number of enterprises; write one, 0 or "
                                      "more",
                                      total));
    }
  }
  return absl::OkStatus();
}

// The joint table adds up to the margins, where both are given.
absl::Status ValidateJointMargins(const DefinitionSource& source,
                                  const std::vector<int>& dimensions) {
  const v1::WaveDefinition& definition = source.definition;
  if (definition.joint_population_size() == 0) return absl::OkStatus();
  int stride = definition.joint_population_size();
  for (const int d : dimensions) {
    const v1::Dimension& dimension = definition.dimensions(d);
    const int count = dimension.categories_size();
    stride /= count;
    for (int c = 0; c < count; ++c) {
      double sum = 0;
      for (int i = 0; i < definition.joint_population_size(); ++i) {
        if (i / stride % count == c) sum += definition.joint_population(i);
      }
      if (SameSum(sum, dimension.categories(c).population())) continue;
      return InvalidArgument(
          "{}: the total {} of {}={} is not that of the joint table, {}; make them equal, or leave "
          "the margin out",
          source.TotalPlace(d, c), dimension.categories(c).population(), dimension.id(),
          dimension.categories(c).code(), sum);
    }
  }
  return absl::OkStatus();
}

template <typename List>
bool Contains(const List& list, std::string_view id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

}  // namespace

absl::Status ValidateId(const std::string& place, std::string_view what, std::string_view id) {
  PP_RETURN_IF_ERROR(ValidateCode(place, what, id));
  if (Contains(kReservedIds, id)) {
    return InvalidArgument(
        "{}: {} \"{}\" is the name of a column or domain of every wave; rename it", place, what,
        id);
  }
  if (Contains(kExportColumnsBefore, id) || Contains(kExportColumnsBehind, id)) {
    return InvalidArgument(
        "{}: {} \"{}\" is the name of a column of every export of responses; rename it", place,
        what, id);
  }
  return absl::OkStatus();
}

absl::Status ValidateDimensions(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  if (definition.dimensions_size() > kMaxDimensions) {
    return root.ErrorAt("dimensions", kMaxDimensions,
                        fmt::format("{} dimensions; at most {} have room",
                                    definition.dimensions_size(), kMaxDimensions));
  }
  for (int d = 0; d < definition.dimensions_size(); ++d) {
    const v1::Dimension& dimension = definition.dimensions(d);
    const Place place = root.In("dimensions", d);
    PP_RETURN_IF_ERROR(ValidateId(place.TextOf("id"), "dimension id", dimension.id()));
    if (IndexOfId(definition.dimensions(), dimension.id()) != d) {
      return place.ErrorAt(
          "id",
          fmt::format("dimension \"{}\" is defined twice; rename or remove one", dimension.id()));
    }
    PP_RETURN_IF_ERROR(ValidateCategories(dimension, place));
  }
  return absl::OkStatus();
}

absl::Status ValidateTotals(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  int first = -1;
  for (int d = 0; d < definition.dimensions_size(); ++d) {
    PP_RETURN_IF_ERROR(ValidateTotalsOf(source, d));
    const v1::Dimension& dimension = definition.dimensions(d);
    if (!HasTotals(dimension)) continue;
    if (first < 0) first = d;
    const v1::Dimension& other = definition.dimensions(first);
    if (SameSum(SumOfTotals(dimension), SumOfTotals(other))) continue;
    return InvalidArgument(
        "{}: the totals of dimension \"{}\" add up to {:.15g}, those of \"{}\" to {:.15g}; both "
        "count the same population, make them equal",
        source.TotalPlace(d, 0), dimension.id(), SumOfTotals(dimension), other.id(),
        SumOfTotals(other));
  }
  return absl::OkStatus();
}

absl::Status ValidateWeighting(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const v1::Weighting& weighting = definition.weighting();
  const Place root = source.Root();
  const Place place = root.In("weighting");
  if (!v1::Weighting::Method_IsValid(weighting.method())) {
    return place.ErrorAt("method", "the weighting method is unknown; write RAKE");
  }
  if (weighting.method() == v1::Weighting::NONE && weighting.dimensions_size() > 0) {
    return place.ErrorAt("dimensions", 0,
                         "method NONE uses no dimensions; remove them or the method");
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < weighting.dimensions_size(); ++i) {
    const std::string& id = weighting.dimensions(i);
    const int d = IndexOfId(definition.dimensions(), id);
    if (d < 0) {
      return place.ErrorAt("dimensions", i,
                           fmt::format("\"{}\" is no dimension; known: {}", Printable(id),
                                       ListIds(definition.dimensions())));
    }
    if (!seen.insert(id).second) {
      return place.ErrorAt("dimensions", i,
                           fmt::format("dimension \"{}\" is listed twice; remove one", id));
    }
    if (!HasTotals(definition.dimensions(d))) {
      return place.ErrorAt("dimensions", i,
                           fmt::format("dimension \"{}\" has no population totals; add them to the "
                                       "population file, or take it out of the weighting",
                                       id));
    }
  }
  PP_RETURN_IF_ERROR(ValidateCalibration(source));
  const std::vector<int> dimensions = WeightingDimensions(definition);
  if (weighting.method() != v1::Weighting::NONE && dimensions.empty() &&
      definition.dimensions_size() > 0) {
    return place.Error(
        "no dimension has population totals; add population { file: \"...\" }, or "
        "write method: NONE");
  }
  PP_RETURN_IF_ERROR(ValidateJoint(source, dimensions));
  return ValidateJointMargins(source, dimensions);
}

absl::Status ValidateDesign(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const v1::Design& design = definition.design();
  const Place place = source.Root().In("design");
  const bool per_cell = design.base_weights() == v1::BASE_WEIGHTS_PER_CELL;
  const int stratum = IndexOfId(definition.dimensions(), design.stratum_dimension());
  if (!v1::BaseWeights_IsValid(design.base_weights())) {
    return place.ErrorAt("base_weights", "base_weights is unknown; write BASE_WEIGHTS_PER_UNIT");
  }
  if (!design.stratum_dimension().empty() && stratum < 0) {
    return place.ErrorAt("stratum_dimension", fmt::format("\"{}\" is no dimension; known: {}",
                                                          Printable(design.stratum_dimension()),
                                                          ListIds(definition.dimensions())));
  }
  if (per_cell && stratum < 0) {
    return place.ErrorAt("base_weights",
                         "BASE_WEIGHTS_PER_CELL needs the dimension that is the "
                         "design stratum; add stratum_dimension");
  }
  constexpr int kMostDoublings = 60;
  if (std::abs(design.base_weight_log2()) > kMostDoublings) {
    return place.ErrorAt("base_weight_log2",
                         fmt::format("base_weight_log2 {} is not in -{} to {}",
                                     design.base_weight_log2(), kMostDoublings, kMostDoublings));
  }
  if (design.base_weight_log2() != 0 && design.base_weights() == v1::BASE_WEIGHTS_NONE) {
    return place.ErrorAt("base_weight_log2",
                         "base_weight_log2 goes with base weights; declare "
                         "base_weights or remove it");
  }
  for (int d = 0; d < definition.dimensions_size(); ++d) {
    for (int c = 0; c < definition.dimensions(d).categories_size(); ++c) {
      const v1::Category& category = definition.dimensions(d).categories(c);
      const Place here = source.Root().In("dimensions", d).In("categories", c);
      if (category.has_base_weight() && !(per_cell && d == stratum)) {
        return here.ErrorAt("base_weight",
                            "a category has a base weight only in the stratum "
                            "dimension and with BASE_WEIGHTS_PER_CELL; remove it");
      }
      if (!per_cell || d != stratum) continue;
      if (!category.has_base_weight()) {
        return here.Error(
            fmt::format("stratum \"{}\" has no base weight, which "
                        "BASE_WEIGHTS_PER_CELL needs; add base_weight",
                        category.code()));
      }
      const double scaled = std::ldexp(category.base_weight(), design.base_weight_log2());
      if (!(scaled >= 0x1p-10 && scaled <= 0x1p20)) {
        return here.ErrorAt(
            "base_weight",
            fmt::format("base weight {} of stratum \"{}\" is, scaled by 2^{}, not "
                        "in 2^-10 to 2^20; correct it or base_weight_log2",
                        category.base_weight(), category.code(), design.base_weight_log2()));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wave
