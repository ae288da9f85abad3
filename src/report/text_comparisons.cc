#include "report/text_comparisons.h"

#include <cmath>
#include <vector>

#include "estimate/plan/wide_domains.h"
#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

constexpr double kSmallestShownP = 0.001;

template <typename... Args>
std::string SayWith(Language language, Message message, const Args&... args) {
  return fmt::format(fmt::runtime(Say(language, message)), args...);
}

std::string PText(Language language, double p) {
  const bool is_small = p < kSmallestShownP;
  std::string text = fmt::format("{:.3f}", is_small ? kSmallestShownP : p);
  if (language == Language::kDanish) text[1] = ',';
  return (is_small ? "< " : "= ") + text;
}

// The domain itself when it is none of the codes.
std::string LabelOf(const std::vector<DomainCode>& codes, const std::string& domain) {
  for (const DomainCode& known : codes) {
    if (known.domain == domain) return known.label;
  }
  return domain;
}

}  // namespace

std::string LevelText(Language language, double level) {
  std::string text = fmt::format("{:g}", std::round(level * 1e6) / 1e4);
  const std::size_t point = text.find('.');
  if (language == Language::kDanish && point != std::string::npos) text[point] = ',';
  return text + (language == Language::kDanish ? " %" : "%");
}

TextComparisons::TextComparisons(const snapshot::Contents& inputs, Language language)
    : inputs_(inputs), language_(language) {
  for (const estimate::Ranking& ranking : inputs.estimates->rankings) {
    for (const estimate::RankedFigure& ranked : ranking.figures) {
      if (!IsReportable(inputs.estimates->figures[ranked.figure])) continue;
      ranks_.emplace((*inputs.keys)[ranked.figure].of, &ranked);
    }
  }
}

std::string TextComparisons::Differing(const Family& family, const TextFigures& figures) const {
  const estimate::Estimates& estimates = *inputs_.estimates;
  const double alpha = 1 - inputs_.wave->reporting.confidence_level;
  std::size_t tested = 0;
  std::vector<std::string> differing;
  for (std::size_t i = 0; i < estimates.comparisons.size(); ++i) {
    const estimate::ComparisonKey& key = (*estimates.comparison_keys)[i];
    const estimate::ComparisonValue& value = estimates.comparisons[i];
    if (key.family != family.name || !value.p_adjusted) continue;
    ++tested;
    if (*value.p_adjusted >= alpha) continue;
    differing.push_back(SayWith(
        language_, Message::kPair, LabelOf(family.codes, key.a),
        family.others.empty() ? LabelOf(family.codes, key.b) : std::string(family.others),
        figures.Format("mean", *value.difference), figures.Interval("mean", value.low, value.high),
        PText(language_, *value.p_adjusted)));
  }
  if (tested == 0) return "";
  std::string text =
      "  " +
      SayWith(language_, family.heading, LevelText(language_, alpha), differing.size(), tested) +
      "\n";
  for (const std::string& line : differing) text += "    " + line + "\n";
  return text;
}

std::string TextComparisons::Pairs(const wave::Domain& domain, const TextFigures& figures) const {
  for (const estimate::WideDomain& wide : estimate::WideDomains(*inputs_.wave)) {
    if (wide.name != domain.name) continue;
    return "  " +
           SayWith(language_, Message::kNotCompared, wide.categories, estimate::kMostCategories) +
           "\n";
  }
  return Differing({.name = "indicator by " + domain.name,
                    .heading = Message::kPairsDiffer,
                    .codes = CodesOf(*inputs_.wave, domain, language_),
                    .others = ""},
                   figures);
}

std::string TextComparisons::Others(const wave::Domain& domain, const TextFigures& figures) const {
  return Differing({.name = "indicator by " + domain.name + " against others",
                    .heading = Message::kOthersDiffer,
                    .codes = CodesOf(*inputs_.wave, domain, language_),
                    .others = Say(language_, Message::kOthers)},
                   figures);
}

std::string TextComparisons::RankOf(std::string_view of) const {
  const auto found = ranks_.find(of);
  if (found == ranks_.end() || !found->second->rank_low) return "";
  const std::uint32_t low = *found->second->rank_low;
  const std::uint32_t high = *found->second->rank_high;
  return low == high ? std::to_string(low) : fmt::format("{}{}{}", low, kDash, high);
}

std::string CoverageText(const snapshot::Contents& inputs, const TextFigures& figures,
                         Language language, const CoverageNotes& notes) {
  const wave::Wave& wave = *inputs.wave;
  const std::string level = LevelText(language, wave.reporting.confidence_level);
  std::vector<std::string> lines;
  if (notes.has_stars) lines.push_back(SayWith(language, Message::kStarred, level));
  if (notes.has_ranks) lines.push_back(SayWith(language, Message::kRanksAtOnce, level));
  lines.push_back(SayWith(language, Message::kCovers, level));
  const bool is_sample = wave.base_weights != wave::BaseWeights::kNone;
  lines.emplace_back(Say(language, is_sample ? Message::kCoversSampling : Message::kCoversModel));
  lines.emplace_back(Say(language, Message::kCoversNoBias));
  v1::Collection collection;
  FillCollection(inputs, &collection);
  if (collection.has_bias_to_match()) {
    const v1::BiasToMatch& bias = collection.bias_to_match();
    lines.push_back(SayWith(language, Message::kHalfWidth,
                            FormatPercent(language, bias.response_rate()),
                            figures.Points(bias.half_width()), figures.Points(bias.difference())));
  }
  if (wave.weighting.method != wave::WeightingMethod::kNone) {
    std::vector<std::string_view> dimensions;
    for (const int number : wave.weighting.dimensions) {
      const auto& dimension = wave.dimensions[static_cast<std::size_t>(number)];
      dimensions.push_back(Label(language, dimension.label, dimension.id));
    }
    lines.push_back(SayWith(language, Message::kRepresentative,
                            fmt::format("{}", fmt::join(dimensions, ", "))));
  }
  if (notes.has_channels) lines.emplace_back(Say(language, Message::kChannelsDiffer));
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

}  // namespace panelpuls::report
