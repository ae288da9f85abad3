// The fixed words of the text report, in Danish and English. Everything a definition names comes
// from the definition.
// Threads  any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "estimate/figures/estimates.h"
#include "wave/wave.h"

namespace panelpuls::report {

enum class Language : std::uint8_t { kDanish, kEnglish };
// "da" in any region is Danish; all else is English.
Language LanguageOf(std::string_view code);

enum class Message : std::uint8_t {
  kSimulated,
  kAsOf,         // {} local time
  kDay,          // {} of {}
  kTime,         // {} day of the month, {} name of the month, {} year, {} hour, {} minute
  kMonths,       // twelve names, with a blank between them
  kRespondents,  // {}
  kOfPlanned,    // {}
  kOutside,      // {} respondents outside the population
  kUnlike,       // {} units with two contents under one revision and time
  kAll,
  kNow,
  kShare,
  kGroups,
  kByHeading,  // {} figure, {} domain
  kChannel,
  kDirection,
  kIncrease,
  kUnchanged,
  kDecline,
  kRepresentativity,
  kRepresentativityLine,  // {} CV, {} R, {} adjusted R, {} response rate
  kRepresentativityTooFew,
  kRate,
  kPartialAlone,
  kPartialAdded,
  kGuidanceCategories,
  kGuidanceCells,
  kGuidanceNoVariance,  // {} reasons
  kOpen,
  kExpectedResponse,
  kVarianceGain,
  kCvFall,
  kChannelComparison,
  kChannelRaw,
  kChannelWeighted,
  kChannelDifference,
  kChannelSentence,
  kInterval,
  kNoInterval,
  kNotes,
  kTrimmed,         // {} rule, {} respondents trimmed, {} respondents
  kTrimmedOutside,  // {} respondents
  kTrimWeightsOnce,
  kTrimWeightsStrict,
  kTrimFactorsOnce,
  kTrimFactorsStrict,
  kMarginMissed,     // {} per cent, {} category with the largest error
  kNoSolution,       // {} steps, {} per cent, {} category with the largest error
  kNegativeWeights,  // {} respondents
  kZeroWeights,      // {} respondents
  kOverfullWhole,    // {} respondents, {} population
  kOverfull,         // {} categories
  kReasonNotComputed,
  kReasonEmptyCategory,  // {} dimension: category
  kReasonNotConverged,
  kReasonInfeasible,  // {} dimension: category
  kReasonOutside,
  kReasonNotEstimable,
  kReasonSingleStratum,  // {} dimension: category
  kReasonKnown,
  kReasonNotReportable,
  kReasonLeverage,
  kReasonLowN,
  kReasonCollapsed,
  kReasonIndependent,
  kReasonLowEffectiveN,
  kReasonCollapsedShare,
  kReasonNoCommonUnit,
  kReasonNoEarlierError,
  kReasonNegativeWeights,
  kReasonZeroWeights,
  kReasonMoreThanPopulation,
  kReasonMoreThanTotal,  // {} dimension: category
  kReasonUnknown,
  kAndMore,  // {} reasons left out
  kChange,
  kRank,
  kSequence,     // {} limits
  kPairsDiffer,  // {} level, {} pairs that differ, {} pairs tested
  kNoPairs,      // {} categories, {} the most compared
  kRatio,
  kTotal,
  kTotalColumn,
  kOthersDiffer,  // {} level, {} categories that differ, {} tested
  kOthers,
  kPair,  // {} a, {} b, {} difference, {} interval, {} p
  kNotesOnFigures,
  kStarred,      // {} level
  kRanksAtOnce,  // {} level
  kCovers,       // {} level
  kCoversSampling,
  kCoversModel,
  kCoversNoBias,
  kHalfWidth,       // {} response rate, {} half-width, {} difference that equals it
  kRepresentative,  // {} dimensions
  kChannelsDiffer,
  kCount,
};
std::string_view Say(Language language, Message message);

// The definition's text in the language, else in the other one, else the code.
std::string_view Label(Language language, const wave::Text& text, std::string_view code);

// Why a figure is absent or to be read with care, in words.
std::string ExplainFlag(Language language, const wave::Wave& wave, const estimate::Flag& flag);

// "dimension: category" of a flag, or all categories of a place in the joint table; else empty.
std::string PlaceOf(Language language, const wave::Wave& wave, const estimate::Flag& flag);

}  // namespace panelpuls::report
