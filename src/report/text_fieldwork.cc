#include "report/text_fieldwork.h"

#include <algorithm>

#include "report/parts.h"
#include "report/text_table.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

constexpr std::size_t kCellsPrinted = 20;
constexpr int kDecimals = 3;

std::string NumberOrDash(Language language, const std::optional<double>& value, int decimals) {
  const std::optional<double> finite = Finite(value);
  return finite ? FormatNumber(language, *finite, decimals) : std::string(kDash);
}

std::string PercentOrDash(Language language, const std::optional<double>& share) {
  const std::optional<double> finite = Finite(share);
  return finite ? FormatPercent(language, *finite) : std::string(kDash);
}

std::string CategoryName(Language language, const wave::Dimension& dimension,
                         std::size_t category) {
  const wave::Category& of = dimension.categories[category];
  return std::string(Label(language, of.label, of.code));
}

std::string Heading(std::string_view text) { return fmt::format("\n{}\n", text); }

std::string PartialsText(const wave::Wave& wave, const estimate::Representativity& measured,
                         Language language, std::size_t width) {
  TextTable table({"", std::string(Say(language, Message::kRate)),
                   std::string(Say(language, Message::kPartialAlone)),
                   std::string(Say(language, Message::kPartialAdded))});
  for (std::size_t d = 0; d < measured.dimensions.size(); ++d) {
    const wave::Dimension& dimension = wave.dimensions[d];
    const estimate::DimensionPropensity& of = measured.dimensions[d];
    table.AddRow({fmt::format("{}", Label(language, dimension.label, dimension.id)), "",
                  NumberOrDash(language, of.whole.cv, kDecimals),
                  NumberOrDash(language, of.conditional, kDecimals)});
    for (std::size_t k = 0; k < of.categories.size(); ++k) {
      const estimate::CategoryPropensity& category = of.categories[k];
      table.AddRow({"  " + CategoryName(language, dimension, k),
                    PercentOrDash(language, category.rate),
                    NumberOrDash(language, category.unconditional, kDecimals),
                    NumberOrDash(language, category.conditional, kDecimals)});
    }
  }
  return table.Render(width);
}

std::vector<std::string> GainFields(std::string label, const estimate::Gain& gain,
                                    Language language) {
  std::vector<std::string> fields = {std::move(label)};
  fields.push_back(FormatCount(language, gain.n));
  fields.push_back(gain.open ? FormatCount(language, *gain.open) : std::string(kDash));
  fields.push_back(gain.open ? FormatPercent(language, gain.expected_response)
                             : std::string(kDash));
  fields.push_back(PercentOrDash(language, gain.variance_share));
  // The fall by one response in thousands is small.
  fields.push_back(NumberOrDash(language, gain.representativity, 6));
  return fields;
}

TextTable GainTable(Language language) {
  return TextTable({"", "N", std::string(Say(language, Message::kOpen)),
                    std::string(Say(language, Message::kExpectedResponse)),
                    std::string(Say(language, Message::kGain)),
                    std::string(Say(language, Message::kRepGain))});
}

std::string CellName(Language language, const wave::Wave& wave, std::uint64_t cell) {
  std::string name;
  for (const wave::Dimension& dimension : wave.dimensions) {
    if (!name.empty()) name += ", ";
    name += CategoryName(language, dimension,
                         cell / dimension.cell_stride % dimension.categories.size());
  }
  return name;
}

// Its weighted figure is not reportable; the unweighted mean beside it would say as much.
bool IsWithheld(const v1::ChannelFigure& channel) {
  return std::find(channel.flags().begin(), channel.flags().end(), "not_reportable") !=
         channel.flags().end();
}

}  // namespace

std::string RepresentativityText(const snapshot::Contents& inputs, Language language,
                                 std::size_t width) {
  const wave::Wave& wave = *inputs.wave;
  if (!wave.has_frame || inputs.fieldwork == nullptr || wave.dimensions.empty()) return "";
  const estimate::Representativity& measured = inputs.fieldwork->representativity;
  std::string out = Heading(Say(language, Message::kRepresentativity));
  if (!measured.failure.empty()) out += "  " + measured.failure + "\n";
  if (measured.whole.cv) {
    out += "  ";
    out += fmt::format(fmt::runtime(Say(language, Message::kRepresentativityLine)),
                       NumberOrDash(language, measured.whole.cv, kDecimals),
                       NumberOrDash(language, measured.whole.r, kDecimals),
                       NumberOrDash(language, measured.whole.r_adjusted, kDecimals),
                       FormatPercent(language, measured.whole.mean));
    out += '\n';
  } else if (measured.failure.empty()) {
    out += fmt::format("  {}\n", Say(language, Message::kRepresentativityTooFew));
  }
  return out + PartialsText(wave, measured, language, width);
}

std::string ChannelText(const snapshot::Contents& inputs, Language language, std::size_t width) {
  const wave::Wave& wave = *inputs.wave;
  v1::Estimates filled;
  FillChannelComparison(inputs, &filled);
  TextTable table({"", std::string(Say(language, Message::kUnweighted)),
                   std::string(Say(language, Message::kChannelWeighted)),
                   std::string(Say(language, Message::kIntervalColumn)),
                   std::string(Say(language, Message::kDifference)), "N"});
  std::uint64_t n = 0;
  for (int i = 0; i < filled.channel_comparison().channels_size(); ++i) {
    const v1::ChannelFigure& row = filled.channel_comparison().channels(i);
    const wave::Channel& channel = wave.channels[static_cast<std::size_t>(i)];
    const auto number = [&](bool has, double value) {
      return has ? FormatIndicator(language, value) : std::string(kDash);
    };
    const bool withheld = IsWithheld(row);
    const bool compared =
        i > 0 && !withheld && !IsWithheld(filled.channel_comparison().channels(0));
    table.AddRow({std::string(Label(language, channel.label, channel.code)),
                  number(row.has_raw() && !withheld, row.raw()),
                  number(row.has_weighted() && !withheld, row.weighted()),
                  row.has_low() && row.has_high() && !withheld
                      ? fmt::format("[{}; {}]", FormatIndicator(language, row.low()),
                                    FormatIndicator(language, row.high()))
                      : "",
                  i == 0 ? "" : number(row.has_difference() && compared, row.difference()),
                  FormatCount(language, row.n())});
    n += row.n();
  }
  if (n == 0) return "";
  return Heading(Say(language, Message::kChannelComparison)) + table.Render(width) +
         fmt::format("  {}\n", Say(language, Message::kChannelSentence));
}

std::string GuidanceToText(const wave::Wave& wave, const estimate::Guidance& guidance,
                           const TextOptions& options) {
  const Language language = LanguageOf(options.language);
  std::string out;
  if (options.simulated) out += fmt::format("*** {} ***\n", Say(language, Message::kSimulated));
  out += fmt::format("{}\n", Label(language, wave.title, wave.id));
  if (!guidance.flags.empty()) {
    std::string reasons;
    for (const estimate::Flag& flag : guidance.flags) {
      reasons += (reasons.empty() ? "" : "; ") + ExplainFlag(language, wave, flag);
    }
    out += fmt::format(fmt::runtime(Say(language, Message::kGuidanceNoVariance)), reasons) + "\n";
  }
  TextTable categories = GainTable(language);
  for (const estimate::CategoryGain& row : guidance.categories) {
    const wave::Dimension& dimension = wave.dimensions[static_cast<std::size_t>(row.dimension)];
    const std::string label =
        fmt::format("{}: {}", Label(language, dimension.label, dimension.id),
                    CategoryName(language, dimension, static_cast<std::size_t>(row.category)));
    categories.AddRow(GainFields(label, row.gain, language));
  }
  if (!categories.empty()) {
    out += Heading(Say(language, Message::kGuidanceCategories)) + categories.Render(options.width);
  }
  TextTable cells = GainTable(language);
  for (const estimate::CellGain& row : guidance.cells) {
    if (&row - guidance.cells.data() >= static_cast<std::ptrdiff_t>(kCellsPrinted)) break;
    cells.AddRow(GainFields(CellName(language, wave, row.cell), row.gain, language));
  }
  if (!cells.empty()) {
    out += Heading(Say(language, Message::kGuidanceCells)) + cells.Render(options.width);
  }
  return FitLines(out, options.width);
}

}  // namespace panelpuls::report
