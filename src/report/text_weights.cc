#include "report/text_weights.h"

#include <algorithm>
#include <utility>

#include "report/text_table.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

using estimate::FlagKind;

class WeightsReport {
 public:
  WeightsReport(const snapshot::Contents& inputs, Language language)
      : wave_(*inputs.wave),
        estimates_(*inputs.estimates),
        result_(estimates_.calibration),
        language_(language) {}

  std::string Write() {
    AddTrimming();
    AddMargins();
    if (result_.negative_weights > 0) {
      Add(Message::kNegativeWeights, Count(result_.negative_weights));
    }
    if (result_.zero_weights > 0) Add(Message::kZeroWeights, Count(result_.zero_weights));
    AddOverfull();
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void Add(Message message, const Args&... args) {
    out_ += fmt::format(fmt::runtime(Say(language_, message)), args...) + "\n";
  }
  std::string Count(std::uint64_t count) const { return FormatCount(language_, count); }

  void AddTrimming() {
    if (!wave_.weighting.trimming || !result_.has_weights || result_.is_ridge) return;
    const wave::Trimming& rule = *wave_.weighting.trimming;
    const Message said =
        rule.is_of_weights
            ? (rule.is_strict ? Message::kTrimWeightsStrict : Message::kTrimWeightsOnce)
            : (rule.is_strict ? Message::kTrimFactorsStrict : Message::kTrimFactorsOnce);
    Add(Message::kTrimmed, Say(language_, said), Count(result_.trimmed), Count(estimates_.n));
    if (result_.trimmed_outside > 0) {
      Add(Message::kTrimmedOutside, Count(result_.trimmed_outside));
    }
  }

  void AddMargins() {
    const estimate::Flag& worst = result_.worst_margin;
    if (result_.converged || !result_.max_margin_error || worst.category == wave::kNone) return;
    const auto is_named = [](const estimate::Flag& flag) {
      return flag.kind == FlagKind::kInfeasible || flag.kind == FlagKind::kEmptyCategory;
    };
    if (!result_.has_weights && std::any_of(result_.flags.begin(), result_.flags.end(), is_named)) {
      return;
    }
    constexpr int kErrorDecimals = 3;
    const std::string place = PlaceOf(language_, wave_, worst);
    const std::string error =
        FormatNumber(language_, 100 * *result_.max_margin_error, kErrorDecimals);
    if (result_.has_weights) {
      Add(Message::kMarginMissed, error, place);
    } else {
      Add(Message::kNoSolution, Count(result_.iterations), error, place);
    }
  }

  void AddOverfull() {
    std::string places;
    for (const estimate::Flag& flag : result_.overfull) {
      if (flag.category == wave::kNone) {
        Add(Message::kOverfullWhole, Count(estimates_.n),
            FormatNumber(language_, estimates_.population.value_or(0), 0));
      } else {
        places += (places.empty() ? "" : "; ") + PlaceOf(language_, wave_, flag);
      }
    }
    if (!places.empty()) Add(Message::kOverfull, places);
  }

  const wave::Wave& wave_;
  const estimate::Estimates& estimates_;
  const estimate::CalibrationResult& result_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string_view TrimmingName(const wave::Weighting& weighting) {
  if (!weighting.trimming) return "";
  if (weighting.trimming->is_of_weights) {
    return weighting.trimming->is_strict ? "weights, strict" : "weights, once";
  }
  return weighting.trimming->is_strict ? "factors, strict" : "factors, once";
}

std::string WeightsText(const snapshot::Contents& inputs, Language language) {
  return WeightsReport(inputs, language).Write();
}

}  // namespace panelpuls::report
