#include "report/messages.h"

#include <fmt/format.h>

#include <array>

#include "estimate/figures/reportable.h"

namespace panelpuls::report {
namespace {

struct Entry {
  Message message;
  std::string_view da;
  std::string_view en;
};

constexpr auto kEntries = std::to_array<Entry>({
    {Message::kSimulated, "SIMULERET: ingen af tallene er virkelige svar",
     "SIMULATED: no figure here rests on real responses"},
    {Message::kAsOf, "Opgjort {}", "As of {}"},
    {Message::kDay, "dag {} af {}", "day {} of {}"},
    {Message::kTime, "{}. {} {} kl. {}.{}", "{} {} {}, {}:{}"},
    {Message::kMonths,
     "januar februar marts april maj juni juli august september oktober november december",
     "January February March April May June July August September October November December"},
    {Message::kRespondents, "Svar: {}", "Respondents: {}"},
    {Message::kOfPlanned, "af {} planlagte", "of {} planned"},
    {Message::kOutside, "{} svar uden for populationen er ikke med",
     "{} respondents outside the population are left out"},
    {Message::kUnlike, "Enheder med to forskellige svar under samme revision og tid: {}",
     "Units with two unlike responses under one revision and time: {}"},
    {Message::kAll, "Alle", "All"},
    {Message::kNow, "Nu", "Now"},
    {Message::kShare, "Andel", "Share"},
    {Message::kGroups, "Andele, vægtet", "Shares, weighted"},
    {Message::kByHeading, "{} fordelt på: {}", "{} by: {}"},
    {Message::kChannel, "Indsamlingskanal", "Channel"},
    {Message::kDirection, "Udvikling", "Direction"},
    {Message::kIncrease, "Fremgang", "Increase"},
    {Message::kUnchanged, "Uændret", "Unchanged"},
    {Message::kDecline, "Tilbagegang", "Decline"},
    {Message::kRepresentativity, "Repræsentativitet på de nævnte kendetegn",
     "Representativity on the dimensions named"},
    {Message::kRepresentativityLine, "Variationskoefficient {}, R {} (justeret {}), svarandel {}",
     "Coefficient of variation {}, R {} (adjusted {}), response {}"},
    {Message::kRepresentativityTooFew, "Vises fra 30 svar i rammen.",
     "Shown from 30 respondents of the frame."},
    {Message::kRate, "Svarandel", "Response"},
    {Message::kPartialAlone, "Alene", "Alone"},
    {Message::kPartialAdded, "Ud over de andre", "Beyond the others"},
    {Message::kGuidanceCategories, "Næste interview, kategorier", "Next interview, categories"},
    {Message::kGuidanceCells, "Næste interview, celler", "Next interview, cells"},
    {Message::kGuidanceNoVariance, "Gevinsten i sikkerhed kan ikke beregnes endnu: {}",
     "The gain in precision cannot be computed yet: {}"},
    {Message::kOpen, "Kan svare", "Open"},
    {Message::kExpectedResponse, "Forventet svar", "Expected response"},
    {Message::kVarianceGain, "Varians, fald", "Variance, fall"},
    {Message::kCvFall, "Var.koef., fald", "CV, fall"},
    {Message::kChannelComparison, "Indikatoren efter indsamlingskanal", "The indicator by channel"},
    {Message::kChannelRaw, "Uvægtet", "Unweighted"},
    {Message::kChannelWeighted, "Vægtet", "Weighted"},
    {Message::kChannelDifference, "Forskel", "Difference"},
    {Message::kChannelSentence,
     "Forskellen er mellem dem, der har svaret hvert sted, og ikke virkningen af kanalen.",
     "The difference is between those who answered where, and not an effect of the channel."},
    {Message::kInterval, "Interval", "Interval"},
    {Message::kNoInterval, "Usikkerhed er ikke beregnet.", "Uncertainty is not computed."},
    {Message::kNotes, "Noter", "Notes"},
    {Message::kTrimmed, "Vægtene er trimmet ({}): {} af {} svar var uden for grænserne.",
     "Weights are trimmed ({}): {} of {} respondents were outside the bounds."},
    {Message::kTrimmedOutside,
     "{} svar er uden for, efter at det overskydende er fordelt på de øvrige.",
     "{} respondents are outside now that the surplus is spread over the others."},
    {Message::kTrimWeightsOnce, "grænser for vægten, én gang, som trimWeights i R's survey",
     "bounds of the weight, once, as trimWeights of R's survey"},
    {Message::kTrimWeightsStrict,
     "grænser for vægten, til ingen er uden for, som trimWeights(strict) i R's survey",
     "bounds of the weight, until none is outside, as trimWeights(strict) of R's survey"},
    {Message::kTrimFactorsOnce,
     "grænser for vægtens faktor, én gang, som calibrate(trim) i R's survey",
     "bounds of the weight's factor, once, as calibrate(trim) of R's survey"},
    {Message::kTrimFactorsStrict,
     "grænser for vægtens faktor, som calibrate(trim) i R's survey, til ingen er uden for",
     "bounds of the weight's factor, as calibrate(trim) of R's survey, until none is outside"},
    {Message::kMarginMissed,
     "Vægtene opfylder ikke alle totaler: den største afvigelse er {} % ved {}. Så længe er der "
     "ingen usikkerhed på tallene.",
     "The weights do not meet all totals: the largest error is {}% at {}. Until they do figures "
     "have no uncertainty."},
    {Message::kNoSolution,
     "Der blev ikke fundet vægte på {} trin, selv om totalerne ikke ses at modsige hinanden: den "
     "største afvigelse er {} % ved {}.",
     "No weights were found in {} steps, though no totals are known to contradict each other: the "
     "largest error is {}% at {}."},
    {Message::kNegativeWeights,
     "{} svar har en vægt under 0 (lineær vægtning uden lower_bound); andele kan da falde uden for "
     "0 til 100 %.",
     "{} respondents have a weight below 0 (linear weighting without lower_bound); shares may then "
     "lie outside 0 to 100%."},
    {Message::kZeroWeights, "{} svar har så godt som ingen vægt: totalerne levner dem ingen.",
     "{} respondents have next to no weight: the totals leave them none."},
    {Message::kOverfullWhole, "Flere svar ({}) end populationen ({}).",
     "More respondents ({}) than the population ({})."},
    {Message::kOverfull, "Flere svar end totalen i {}.", "More respondents than the total of {}."},
    {Message::kReasonNotComputed, "ikke beregnet", "not computed"},
    {Message::kReasonEmptyCategory, "ingen svar endnu i {}", "no respondents yet in {}"},
    {Message::kReasonNotConverged, "vægtene opfylder ikke alle totaler",
     "the weights do not meet all totals"},
    {Message::kReasonInfeasible, "vægtene kan ikke opfylde totalen for {}",
     "the weights cannot meet the total of {}"},
    {Message::kReasonOutside, "uden for populationen", "outside the population"},
    {Message::kReasonNotEstimable, "kan ikke estimeres af disse svar",
     "cannot be estimated from these responses"},
    {Message::kReasonSingleStratum,
     "stratum {} har kun ét svar, så usikkerheden kan ikke estimeres",
     "stratum {} has only one respondent, so that there is no uncertainty"},
    {Message::kReasonKnown, "kendt fra registret, ikke fra svarene",
     "known from the register, not from the responses"},
    {Message::kReasonNotReportable, "kan ikke offentliggøres endnu", "not reportable yet"},
    {Message::kReasonLeverage, "afhænger af ganske få svar", "rests on very few responses"},
    {Message::kReasonLowN, "få svar, læses med forbehold", "few responses, read with care"},
    {Message::kReasonCollapsed, "vægtet sammen med en nabokategori",
     "weighted together with a neighbouring category"},
    {Message::kReasonIndependent, "forudsætter uafhængige stikprøver",
     "assumes independent samples"},
    {Message::kReasonLowEffectiveN, "for få svar efter vægtning",
     "too few responses after weighting"},
    {Message::kReasonCollapsedShare,
     "mere end {:g} % af populationen er i kategorier med for få svar",
     "more than {:g}% of the population is in categories with too few responses"},
    {Message::kReasonNoCommonUnit, "ingen svarer er fundet i begge målinger",
     "no respondent was found in both waves"},
    {Message::kReasonNoEarlierError,
     "ingen standardfejl af det tidligere tal: om ændringen er forskellig fra 0, kan ikke siges",
     "no standard error of the earlier figure: whether the change differs from 0 cannot be said"},
    {Message::kReasonNegativeWeights, "hviler på svar med en vægt under 0",
     "rests on respondents with a weight below 0"},
    {Message::kReasonZeroWeights, "totalerne levner ikke disse svar nogen vægt",
     "the totals leave these responses no weight"},
    {Message::kReasonMoreThanPopulation, "flere svar end populationen",
     "more respondents than the population"},
    {Message::kReasonMoreThanTotal, "flere svar end totalen i {}",
     "more respondents than the total of {}"},
    {Message::kReasonUnknown, "ingen svar", "no responses"},
    {Message::kAndMore, "og {} mere", "and {} more"},
    {Message::kChange, "Ændring", "Change"},
    {Message::kRank, "Plads", "Rank"},
    {Message::kSequence, "Gælder ved alle opgørelser undervejs: {}",
     "Holds at all looks on the way: {}"},
    {Message::kPairsDiffer, "Forskellige på {}-niveau (Holm): {} af {} par",
     "Different at the {} level (Holm): {} of {} pairs"},
    {Message::kNoPairs, "Ikke sammenlignet parvis: {} kategorier, og grænsen er {}",
     "Not compared in pairs: {} categories, and the limit is {}"},
    {Message::kRatio, "Fremgange for hver tilbagegang", "Increases to one decline"},
    {Message::kTotal, "Antal i populationen", "Number in the population"},
    {Message::kTotalColumn, "Antal", "Number"},
    {Message::kOthersDiffer, "Forskellige fra de øvrige på {}-niveau (Holm): {} af {}",
     "Different from the others at the {} level (Holm): {} of {}"},
    {Message::kOthers, "de øvrige", "the others"},
    {Message::kPair, "{} mod {}: {} {}, p {}", "{} against {}: {} {}, p {}"},
    {Message::kNotesOnFigures, "Om usikkerheden", "On uncertainty"},
    {Message::kStarred, "* Ændringen er forskellig fra 0 ({}-interval).",
     "* The change differs from 0 ({} interval)."},
    {Message::kRanksAtOnce,
     "Plads: hvor i rækken tallet kan ligge; gælder for hele rækken på én gang ({}).",
     "Rank: where in the row the figure may stand; holds for the whole row at once ({})."},
    {Message::kCovers, "Intervallerne er {}-intervaller for ét tal, set én gang.",
     "Intervals are {} intervals of one figure, looked at once."},
    {Message::kCoversSampling,
     "De dækker, at enhederne er udtrukket, og hvem af dem der tilfældigvis har svaret.",
     "They cover that units were drawn, and which of them happened to answer."},
    {Message::kCoversModel,
     "Når alle er inviteret, er der ingen stikprøve: de bygger på, at enheder i samme "
     "vægtningskategorier svarer uafhængigt af hinanden og uanset hvad de ville svare.",
     "Where everyone is invited there is no sample: they rest on units of the same weighting "
     "categories answering independently and whatever their answer would be."},
    {Message::kCoversNoBias,
     "At de, der ikke svarer, kan mene noget andet end de, der gør, er ikke med i noget tal.",
     "That those who do not answer may differ from those who do is in no figure."},
    {Message::kHalfWidth,
     "Ved svarprocenten {} svarer den halve intervalbredde, {}, til at de, der svarer, efter "
     "vægtning ligger {} fra de øvrige.",
     "At the response rate {} the interval's half-width, {}, is what a difference of {} between "
     "those who answer and the others, after weighting, would amount to."},
    {Message::kRepresentative, "Tallene er kun repræsentative på: {}.",
     "Figures are representative only on: {}."},
    {Message::kChannelsDiffer,
     "Forskellen mellem kanaler er også en forskel på, hvem der svarede hvor.",
     "A difference between channels is also one between those who answered there."},
});

constexpr bool InOrder() {
  if (kEntries.size() != static_cast<std::size_t>(Message::kCount)) return false;
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (static_cast<std::size_t>(kEntries[i].message) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "one entry a message, in the order of the enumeration");

Message ReasonOf(estimate::FlagKind kind) {
  using estimate::FlagKind;
  switch (kind) {
    case FlagKind::kNotComputed:
      return Message::kReasonNotComputed;
    case FlagKind::kEmptyCategory:
      return Message::kReasonEmptyCategory;
    case FlagKind::kNotConverged:
      return Message::kReasonNotConverged;
    case FlagKind::kInfeasible:
      return Message::kReasonInfeasible;
    case FlagKind::kOutsidePopulation:
      return Message::kReasonOutside;
    case FlagKind::kNotEstimable:
      return Message::kReasonNotEstimable;
    case FlagKind::kKnownFromRegister:
      return Message::kReasonKnown;
    case FlagKind::kNotReportable:
      return Message::kReasonNotReportable;
    case FlagKind::kLeverage:
      return Message::kReasonLeverage;
    case FlagKind::kLowN:
      return Message::kReasonLowN;
    case FlagKind::kCollapsed:
      return Message::kReasonCollapsed;
    case FlagKind::kAssumesIndependentSamples:
      return Message::kReasonIndependent;
    case FlagKind::kLowEffectiveN:
      return Message::kReasonLowEffectiveN;
    case FlagKind::kNoCommonUnit:
      return Message::kReasonNoCommonUnit;
    case FlagKind::kNegativeWeights:
      return Message::kReasonNegativeWeights;
    case FlagKind::kZeroWeights:
      return Message::kReasonZeroWeights;
    case FlagKind::kMoreThanPopulation:
      return Message::kReasonMoreThanPopulation;
  }
  return Message::kReasonUnknown;
}

std::string CategoryLabel(Language language, const wave::Dimension& dimension, std::size_t number) {
  const wave::Category& category = dimension.categories[number];
  return fmt::format("{}: {}", Label(language, dimension.label, dimension.id),
                     Label(language, category.label, category.code));
}

}  // namespace

std::string PlaceOf(Language language, const wave::Wave& wave, const estimate::Flag& flag) {
  if (flag.dimension == wave::kNone || flag.category == wave::kNone) return "";
  auto place = static_cast<std::size_t>(flag.category);
  if (flag.dimension >= 0) {
    return CategoryLabel(language, wave.dimensions[static_cast<std::size_t>(flag.dimension)],
                         place);
  }
  std::string text;
  const std::vector<int>& numbers = wave.weighting.dimensions;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const wave::Dimension& dimension = wave.dimensions[static_cast<std::size_t>(*number)];
    const std::size_t size = dimension.categories.size();
    text = CategoryLabel(language, dimension, place % size) + (text.empty() ? "" : ", " + text);
    place /= size;
  }
  return text;
}

Language LanguageOf(std::string_view code) {
  return code == "da" || code.starts_with("da-") ? Language::kDanish : Language::kEnglish;
}

std::string_view Say(Language language, Message message) {
  const Entry& entry = kEntries[static_cast<std::size_t>(message)];
  return language == Language::kDanish ? entry.da : entry.en;
}

std::string_view Label(Language language, const wave::Text& text, std::string_view code) {
  const std::string& first = language == Language::kDanish ? text.da : text.en;
  const std::string& second = language == Language::kDanish ? text.en : text.da;
  if (!first.empty()) return first;
  return second.empty() ? code : std::string_view(second);
}

std::string ExplainFlag(Language language, const wave::Wave& wave, const estimate::Flag& flag) {
  const std::string place = PlaceOf(language, wave, flag);
  if (flag.kind == estimate::FlagKind::kCollapsed && place.empty()) {
    return fmt::format(fmt::runtime(Say(language, Message::kReasonCollapsedShare)),
                       100 * estimate::kMostCollapsed);
  }
  Message message = ReasonOf(flag.kind);
  if (!place.empty() && message == Message::kReasonNotEstimable) {
    message = Message::kReasonSingleStratum;
  }
  if (!place.empty() && message == Message::kReasonMoreThanPopulation) {
    message = Message::kReasonMoreThanTotal;
  }
  return fmt::format(fmt::runtime(Say(language, message)), place);
}

}  // namespace panelpuls::report
