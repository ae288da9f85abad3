#include "wave/compile.h"

#include <cmath>
#include <utility>

#include "wave/record.h"

namespace panelpuls::wave {
namespace {

// Table entries of a wave whose cells all have their place (docs/DEFINITION.md).
constexpr std::uint64_t kMaxEntries = std::uint64_t{4} << 20;
// And of one in which those alone have that somebody is counted in: 256 MiB of counts.
constexpr std::uint64_t kMaxHeldEntries = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxCells = std::uint64_t{1} << 20;

Text ToText(const v1::Text& text) { return {text.da(), text.en()}; }

std::optional<std::uint64_t> ToTarget(std::uint32_t target) {
  if (target == 0) return std::nullopt;
  return target;
}

void CompileDimensions(const v1::WaveDefinition& definition, Wave& wave) {
  for (const v1::Dimension& from : definition.dimensions()) {
    Dimension& dimension = wave.dimensions.emplace_back();
    dimension.id = from.id();
    dimension.label = ToText(from.label());
    dimension.ordered = from.ordered();
    for (const v1::Category& category : from.categories()) {
      Category& to = dimension.categories.emplace_back();
      to.code = category.code();
      to.label = ToText(category.label());
      to.population = category.population();
      to.has_population = category.has_population();
      to.target = ToTarget(category.target());
      if (!category.collapse_into().empty()) {
        to.collapse_into = IndexOfCode(from.categories(), category.collapse_into());
      }
      if (category.has_base_weight()) {
        const std::uint64_t fixed = FixedBaseWeight(wave, category.base_weight());
        to.base_weight = static_cast<double>(fixed) / static_cast<double>(kBaseWeightOne);
      }
    }
  }
}

// Saturates, so that the limit on table entries sees any excess.
void CompileCells(Wave& wave) {
  constexpr std::uint64_t kMany = std::uint64_t{1} << 40;
  wave.cells = 1;
  for (auto dimension = wave.dimensions.rbegin(); dimension != wave.dimensions.rend();
       ++dimension) {
    dimension->cell_stride = wave.cells;
    wave.cells = std::min(kMany, wave.cells * dimension->categories.size());
  }
}

Question CompileQuestion(const v1::Question& from) {
  Question question;
  question.id = from.id();
  question.text = ToText(from.text());
  question.label = ToText(from.has_label() ? from.label() : from.text());
  question.multiple = from.kind() == v1::Question::MULTIPLE;
  question.ordered = from.kind() == v1::Question::SCALE;
  question.max_choices = question.multiple ? from.max_choices() : 1;
  question.required = from.required();
  question.battery = from.battery();
  for (const v1::Option& option : from.options()) {
    const bool ranked = option.has_ranked() ? option.ranked() : !option.exclusive();
    question.options.push_back({option.code(), ToText(option.label()), option.missing(),
                                option.exclusive(),
                                question.multiple && !option.missing() && ranked});
    question.option_class.push_back(kNone);
    if (option.missing()) continue;
    question.option_class.back() = static_cast<int>(question.class_option.size());
    question.class_option.push_back(static_cast<int>(question.options.size()) - 1);
  }
  const auto valid = static_cast<int>(question.class_option.size());
  question.classes = static_cast<std::uint32_t>(question.multiple ? valid : valid + 1);
  if (!question.multiple) {
    for (int& option_class : question.option_class) {
      if (option_class == kNone) option_class = valid;
    }
  }
  for (const v1::OptionSet& set : from.sets()) {
    OptionSet& to = question.sets.emplace_back();
    to.id = set.id();
    to.label = ToText(set.label());
    for (const std::string& code : set.options()) {
      to.options.push_back(IndexOfCode(from.options(), code));
    }
  }
  return question;
}

Direction DirectionOf(double score) {
  return score > 0 ? kIncrease : score < 0 ? kDecline : kUnchanged;
}

Indicator CompileIndicator(const v1::Indicator& from, const Wave& wave) {
  Indicator indicator;
  indicator.label = ToText(from.label());
  std::size_t combinations = 1;
  for (const std::string& id : from.questions()) {
    indicator.questions.push_back(wave.FindQuestion(id));
    const auto q = static_cast<std::size_t>(indicator.questions.back());
    combinations *= wave.questions[q].options.size() + 1;
  }
  indicator.group_of.assign(combinations, static_cast<std::uint16_t>(from.groups_size()));
  for (const v1::IndicatorGroup& group : from.groups()) {
    const auto number = static_cast<std::uint16_t>(indicator.groups.size());
    indicator.groups.push_back(
        {group.id(), ToText(group.label()), ToText(group.description()), group.score()});
    indicator.direction_of.push_back(DirectionOf(group.score()));
    for (const v1::Combination& combination : group.combinations()) {
      std::size_t place = 0;
      for (std::size_t i = 0; i < indicator.questions.size(); ++i) {
        const Question& question = wave.questions[static_cast<std::size_t>(indicator.questions[i])];
        const int option = Wave::FindOption(question, combination.options(static_cast<int>(i)));
        place = place * (question.options.size() + 1) + static_cast<std::size_t>(option + 1);
      }
      indicator.group_of[place] = number;
    }
  }
  indicator.direction_of.push_back(kNoDirection);
  return indicator;
}

Weighting CompileWeighting(const v1::WaveDefinition& definition, const Wave& wave) {
  const v1::Weighting& from = definition.weighting();
  Weighting weighting;
  switch (from.method()) {
    case v1::Weighting::POSTSTRATIFY:
      weighting.method = WeightingMethod::kPoststratify;
      break;
    case v1::Weighting::LINEAR:
      weighting.method = WeightingMethod::kLinear;
      break;
    case v1::Weighting::LOGIT:
      weighting.method = WeightingMethod::kLogit;
      break;
    case v1::Weighting::NONE:
      weighting.method = WeightingMethod::kNone;
      break;
    default:
      weighting.method = WeightingMethod::kRake;
  }
  for (const std::string& id : from.dimensions())
    weighting.dimensions.push_back(wave.FindDimension(id));
  weighting.collapse_below = from.collapse_below();
  if (from.has_lower_bound()) weighting.lower_bound = from.lower_bound();
  if (from.has_upper_bound()) weighting.upper_bound = from.upper_bound();
  if (from.trim_once() || from.trim_strict()) {
    Trimming& trimming = weighting.trimming.emplace();
    trimming.is_strict = from.trim_strict();
    trimming.is_of_weights = from.has_trim_lower() || from.has_trim_upper();
    if (trimming.is_of_weights) {
      if (from.has_trim_lower()) trimming.lower = from.trim_lower();
      if (from.has_trim_upper()) trimming.upper = from.trim_upper();
    } else {
      trimming.lower = std::exchange(weighting.lower_bound, std::nullopt);
      trimming.upper = std::exchange(weighting.upper_bound, std::nullopt);
    }
  }
  if (from.fallback() == v1::Weighting::RIDGE) weighting.ridge = from.ridge();
  weighting.variance = from.variance() == v1::Weighting::VARIANCE_RAKE ? VarianceMethod::kRake
                                                                       : VarianceMethod::kCalibrate;
  weighting.joint_population.assign(definition.joint_population().begin(),
                                    definition.joint_population().end());
  return weighting;
}

void CompileFieldwork(const v1::WaveDefinition& definition, Wave& wave) {
  for (const v1::Channel& channel : definition.channels()) {
    wave.channels.push_back({channel.code(), ToText(channel.label()), ToTarget(channel.target())});
  }
  wave.channel_priority = definition.channel_priority();
  wave.clock_tolerance = definition.clock_tolerance_minutes() * kMicrosPerMinute;
  wave.max_respondents = definition.max_respondents();
  for (const std::string& code : definition.disposition_precedence()) {
    wave.precedence.push_back(ParseDisposition(code));
    const auto rank = kDispositionCount - static_cast<int>(wave.precedence.size());
    wave.disposition_rank[static_cast<std::size_t>(wave.precedence.back())] =
        static_cast<std::uint8_t>(rank);
  }
  wave.planned_respondents = definition.planned_respondents();
  for (const v1::PlannedArrival& arrival : definition.planned_arrivals()) {
    wave.planned_arrivals.push_back(
        {ParseDate(arrival.date()).value(), arrival.share(), wave.FindChannel(arrival.channel())});
  }
}

absl::Status CompileCalendar(const DefinitionSource& source, Wave& wave) {
  const v1::WaveDefinition& definition = source.definition;
  wave.fieldwork_start = ParseDate(definition.fieldwork_start()).value();
  wave.fieldwork_end = ParseDate(definition.fieldwork_end()).value();
  wave.time_zone_name = definition.time_zone();
  absl::StatusOr<TimeZone> zone = TimeZone::Load(wave.time_zone_name);
  if (!zone.ok()) return source.Root().ErrorAt("time_zone", ToStd(zone.status().message()));
  wave.time_zone = *zone;
  wave.fieldwork_start_time = wave.time_zone.DateStart(wave.fieldwork_start);
  wave.languages.assign(definition.languages().begin(), definition.languages().end());
  return absl::OkStatus();
}

void CompileReporting(const v1::WaveDefinition& definition, Wave& wave) {
  const v1::Reporting& from = definition.reporting();
  wave.reporting = {from.confidence_level(),   from.minimum_n(),
                    from.flag_below_n(),       from.minimum_n_effective(),
                    from.sequence_planned_n(), from.minimum_known_eligibility(),
                    from.response_fpc()};
  for (const v1::Comparison& comparison : definition.comparisons()) {
    Comparison& to = wave.comparisons.emplace_back();
    to.id = comparison.id();
    to.label = ToText(comparison.label());
    for (const v1::ComparisonFigure& figure : comparison.figures()) {
      ComparisonFigure& copy = to.figures.emplace_back();
      copy = {figure.statistic(), figure.of(), figure.domain(), figure.value(), {}, {}};
      if (figure.has_se()) copy.se = figure.se();
      if (figure.has_n()) copy.n = figure.n();
    }
  }
}

// Up to kMaxEntries every cell has its place. Beyond that only those with respondents have, of
// which there are no more than units.
absl::Status CheckEntries(const DefinitionSource& source, Wave& wave) {
  const Table* largest = nullptr;
  double block = 0;
  for (const Table& table : wave.tables) {
    block += static_cast<double>(table.rows) * table.columns;
    if (largest == nullptr || static_cast<double>(table.rows) * table.columns >
                                  static_cast<double>(largest->rows) * largest->columns) {
      largest = &table;
    }
  }
  wave.is_sparse = static_cast<double>(wave.cells) * block > static_cast<double>(kMaxEntries);
  if (!wave.is_sparse) return absl::OkStatus();
  if (wave.cells > kMaxCells) {
    return source.Root().ErrorAt(
        "dimensions", 0,
        fmt::format(
            "the dimensions make {} cells, at most {} have room; merge categories, or make a "
            "question of a dimension that nothing is weighted on",
            wave.cells, kMaxCells));
  }
  const std::uint64_t held =
      wave.max_respondents == 0 ? wave.cells : std::min(wave.cells, wave.max_respondents);
  const double entries = static_cast<double>(held) * block;
  if (entries <= static_cast<double>(kMaxHeldEntries)) return absl::OkStatus();
  return source.Root().ErrorAt(
      "tabulations", 0,
      fmt::format(
          "{} cells that may have respondents, of {} entries each, make {} table entries, at "
          "most {} have room; the largest table is {}: drop tabulations, merge categories of "
          "the dimensions or lower max_respondents",
          held, block, entries, kMaxHeldEntries, DescribeTable(wave, *largest)));
}

}  // namespace

absl::StatusOr<std::shared_ptr<Wave>> CompileCanonical(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  auto wave = std::make_shared<Wave>();
  wave->id = definition.id();
  wave->title = ToText(definition.title());
  wave->provenance = definition.population().provenance();
  PP_RETURN_IF_ERROR(CompileCalendar(source, *wave));
  wave->base_weight_log2 = definition.design().base_weight_log2();
  wave->base_weights =
      definition.design().base_weights() == v1::BASE_WEIGHTS_PER_CELL   ? BaseWeights::kPerCell
      : definition.design().base_weights() == v1::BASE_WEIGHTS_PER_UNIT ? BaseWeights::kPerUnit
                                                                        : BaseWeights::kNone;
  CompileDimensions(definition, *wave);
  wave->stratum_dimension = wave->FindDimension(definition.design().stratum_dimension());
  CompileCells(*wave);
  for (const v1::Question& question : definition.questions()) {
    wave->questions.push_back(CompileQuestion(question));
  }
  if (definition.has_indicator()) {
    wave->indicator = CompileIndicator(definition.indicator(), *wave);
  }
  CompileFieldwork(definition, *wave);
  wave->has_frame = definition.has_sample_frame();
  wave->frame_file = definition.sample_frame().file();
  PP_ASSIGN_OR_RETURN(wave->frame_format, DeclaredFormat(definition.sample_frame().format(),
                                                         source.Root().In("sample_frame")));
  wave->weighting = CompileWeighting(definition, *wave);
  CompileReporting(definition, *wave);
  CompileTabulations(definition, *wave);
  PP_RETURN_IF_ERROR(CheckEntries(source, *wave));
  CompileLayout(*wave);
  return wave;
}

}  // namespace panelpuls::wave
