#include "report/text_figures.h"

#include <algorithm>
#include <cmath>

#include "report/parts.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

constexpr int kRatioDecimals = 2;

std::vector<DomainCode> CodesOfOne(const wave::Wave& wave, const wave::Domain& domain,
                                   Language language) {
  std::vector<DomainCode> codes;
  const auto add = [&](const std::string& code, std::string_view label) {
    codes.push_back({.domain = domain.name + "=" + code, .label = std::string(label)});
  };
  if (domain.kind == wave::Domain::kDimension) {
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(domain.dimension)];
    for (const auto& category : dimension.categories) {
      add(category.code, Label(language, category.label, category.code));
    }
    return codes;
  }
  switch (domain.variable.kind) {
    case wave::VariableKind::kQuestion: {
      const auto& question = wave.questions[static_cast<std::size_t>(domain.variable.question)];
      for (const int number : question.class_option) {
        const auto& option = question.options[static_cast<std::size_t>(number)];
        add(option.code, Label(language, option.label, option.code));
      }
      break;
    }
    case wave::VariableKind::kChannel:
      for (const auto& channel : wave.channels) {
        add(channel.code, Label(language, channel.label, channel.code));
      }
      break;
    case wave::VariableKind::kDirection:
      add("increase", Say(language, Message::kIncrease));
      add("unchanged", Say(language, Message::kUnchanged));
      add("decline", Say(language, Message::kDecline));
      break;
    case wave::VariableKind::kNone:
    case wave::VariableKind::kIndicator:
      break;
  }
  return codes;
}

}  // namespace

std::vector<DomainCode> CodesOf(const wave::Wave& wave, const wave::Domain& domain,
                                Language language) {
  if (domain.kind != wave::Domain::kCrossed) return CodesOfOne(wave, domain, language);
  std::vector<DomainCode> codes = {{.domain = "", .label = ""}};
  for (const wave::Domain& part : domain.parts) {
    std::vector<DomainCode> crossed;
    for (const DomainCode& so_far : codes) {
      for (const DomainCode& code : CodesOfOne(wave, part, language)) {
        const bool is_first = so_far.domain.empty();
        crossed.push_back({.domain = so_far.domain + (is_first ? "" : "&") + code.domain,
                           .label = so_far.label + (is_first ? "" : ", ") + code.label});
      }
    }
    codes = std::move(crossed);
  }
  return codes;
}

std::string DomainLabel(const wave::Wave& wave, const wave::Domain& domain, Language language) {
  if (domain.kind == wave::Domain::kCrossed) {
    std::vector<std::string> labels;
    for (const wave::Domain& part : domain.parts) {
      labels.push_back(DomainLabel(wave, part, language));
    }
    return fmt::format("{}", fmt::join(labels, ", "));
  }
  if (domain.kind == wave::Domain::kDimension) {
    const auto& dimension = wave.dimensions[static_cast<std::size_t>(domain.dimension)];
    return std::string(Label(language, dimension.label, dimension.id));
  }
  if (domain.variable.kind == wave::VariableKind::kQuestion) {
    const auto& question = wave.questions[static_cast<std::size_t>(domain.variable.question)];
    return std::string(
        Label(language, question.label, Label(language, question.text, question.id)));
  }
  if (domain.variable.kind == wave::VariableKind::kChannel) {
    return std::string(Say(language, Message::kChannel));
  }
  return std::string(Say(language, Message::kDirection));
}

TextFigures::TextFigures(const snapshot::Contents& inputs, Language language)
    : inputs_(inputs), language_(language), indicator_decimals_(IndicatorDigits(*inputs.wave)) {
  const std::vector<estimate::FigureKey>& keys = *inputs.keys;
  PP_CHECK(keys.size() == inputs.estimates->figures.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    index_.emplace(Place(keys[i].statistic, keys[i].of, keys[i].domain, keys[i].against), i);
  }
}

const estimate::FigureValue* TextFigures::Find(std::string_view statistic, std::string_view of,
                                               std::string_view domain) const {
  const auto found = index_.find(Place(statistic, of, domain, ""));
  return found == index_.end() ? nullptr : &inputs_.estimates->figures[found->second];
}

std::string TextFigures::Format(std::string_view statistic, double value) const {
  if (statistic == "share") return FormatPercent(language_, value);
  if (statistic == "ratio") return FormatNumber(language_, value, kRatioDecimals);
  if (statistic == "total") return FormatTotal(language_, value);
  return FormatIndicator(language_, value, indicator_decimals_);
}

// A value's own warnings, or why it is absent, as one note; of many reasons the first few. That no
// uncertainty is computed is said once for all.
std::string TextFigures::MarkOf(const estimate::FigureValue& figure) {
  constexpr std::size_t kReasons = 3;
  const bool shown = Finite(figure.value).has_value();
  std::vector<std::string> reasons;
  for (const estimate::Flag& flag : figure.flags) {
    if (flag.kind == estimate::FlagKind::kNotComputed && (shown || figure.flags.size() > 1)) {
      without_uncertainty_ = without_uncertainty_ || shown;
      continue;
    }
    reasons.push_back(ExplainFlag(language_, *inputs_.wave, flag));
  }
  if (reasons.empty()) {
    return shown ? "" : notes_.Mark(Say(language_, Message::kReasonUnknown));
  }
  if (reasons.size() > kReasons + 1) {
    const std::size_t more = reasons.size() - kReasons;
    reasons.resize(kReasons);
    reasons.push_back(fmt::format(fmt::runtime(Say(language_, Message::kAndMore)), more));
  }
  return notes_.Mark(fmt::format("{}", fmt::join(reasons, "; ")));
}

// Why a change has no standard error, so that nothing says whether it differs from 0.
std::string TextFigures::MarkOfBareChange(const estimate::FigureValue& change) {
  std::vector<std::string> reasons;
  for (const estimate::Flag& flag : change.flags) {
    reasons.push_back(flag.kind == estimate::FlagKind::kNotComputed
                          ? std::string(Say(language_, Message::kReasonNoEarlierError))
                          : ExplainFlag(language_, *inputs_.wave, flag));
  }
  return notes_.Mark(fmt::format("{}", fmt::join(reasons, "; ")));
}

FigureText TextFigures::Get(std::string_view statistic, std::string_view of,
                            std::string_view domain) {
  const estimate::FigureValue* figure = Find(statistic, of, domain);
  if (figure == nullptr) return {};
  FigureText text;
  text.n = FormatCount(language_, figure->n);
  const std::optional<double> value = Finite(figure->value);
  const bool reportable = IsReportable(*figure);
  text.value = value && reportable ? Format(statistic, *value) : std::string(kDash);
  const std::string mark = MarkOf(*figure);
  if (!mark.empty()) text.value += " " + mark;
  if (value && reportable) text.interval = Interval(statistic, figure->low, figure->high);
  return text;
}

std::string TextFigures::Interval(std::string_view statistic, const std::optional<double>& low,
                                  const std::optional<double>& high) const {
  if (!Finite(low) || !Finite(high)) return "";
  return fmt::format("[{}; {}]", Format(statistic, *low), Format(statistic, *high));
}

std::string TextFigures::Points(double value) const {
  return FormatPoints(language_, value, indicator_decimals_);
}

std::string TextFigures::Sequence(std::string_view statistic, std::string_view of,
                                  std::string_view domain) const {
  const estimate::FigureValue* figure = Find(statistic, of, domain);
  if (figure == nullptr) return "";
  return Interval(statistic, figure->sequence_low, figure->sequence_high);
}

std::string TextFigures::Change(std::string_view against, std::string_view statistic,
                                std::string_view of, std::string_view domain) {
  const auto found = index_.find(Place("difference", of, domain, against));
  if (found == index_.end()) return "";
  const estimate::FigureValue& figure = inputs_.estimates->figures[found->second];
  const std::optional<double> value = Finite(figure.value);
  if (!value) return "";
  std::string text =
      statistic == "share" ? FormatPercentagePoints(language_, *value) : Format(statistic, *value);
  if (!IsReportable(figure)) return std::string(kDash);
  if (!figure.low && !figure.flags.empty()) return text + " " + MarkOfBareChange(figure);
  if ((figure.low && *figure.low > 0) || (figure.high && *figure.high < 0)) {
    has_stars_ = true;
    text += "*";
  }
  return text;
}

bool TextFigures::HasRespondents(const TableRow& row) const {
  const estimate::FigureValue* figure = Find(row.statistic, row.of, row.domain);
  return figure != nullptr && figure->n > 0;
}

std::optional<double> TextFigures::ShareOf(std::string_view of) const {
  const estimate::FigureValue* figure = Find("share", of, "");
  if (figure == nullptr || !IsReportable(*figure)) return std::nullopt;
  return Finite(figure->value);
}

std::string TextFigures::Compared(const wave::Comparison& comparison, std::string_view statistic,
                                  std::string_view of, std::string_view domain) const {
  for (const wave::ComparisonFigure& figure : comparison.figures) {
    if (figure.statistic == statistic && figure.of == of && figure.domain == domain &&
        std::isfinite(figure.value)) {
      return Format(statistic, figure.value);
    }
  }
  return "";
}

}  // namespace panelpuls::report
