// Figures in C.
#include <cmath>
#include <limits>
#include <utility>

#include "embed/c_handles.h"

namespace panelpuls {
inline namespace abi0 {
namespace {

double NumberOrNan(const std::optional<double>& number) {
  return number.value_or(std::numeric_limits<double>::quiet_NaN());
}

std::string JoinedFlags(const std::vector<std::string>& flags) {
  std::string joined;
  for (const std::string& flag : flags) joined += (joined.empty() ? "" : " ") + flag;
  return joined;
}

Status HandOutFigure(panelpuls_figures& figures, std::size_t place, panelpuls_figure* out) {
  if (place >= figures.figures.size()) {
    return Status(Code::kNotFound, "the wave has not so many figures");
  }
  auto [found, is_new] = figures.handed.try_emplace(place);
  panelpuls_figures::Handed& handed = found->second;
  if (is_new) {
    handed.figure = figures.figures.At(place);
    handed.flags = JoinedFlags(handed.figure.flags);
  }
  const Figure& of = handed.figure;
  panelpuls_figure filled = {};
  filled.statistic = of.statistic.c_str();
  filled.of = of.of.c_str();
  filled.domain = of.domain.c_str();
  filled.against = of.against.c_str();
  filled.n = of.n;
  filled.n_effective = NumberOrNan(of.n_effective);
  filled.value = NumberOrNan(of.value);
  filled.se = NumberOrNan(of.se);
  filled.low = NumberOrNan(of.low);
  filled.high = NumberOrNan(of.high);
  filled.reportable = of.reportable ? 1 : 0;
  filled.flags = handed.flags.c_str();
  return HandOut(filled, out);
}

const char* TextOrEmpty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace
}  // namespace abi0
}  // namespace panelpuls

using panelpuls::Guarded;
using panelpuls::IsNull;
using panelpuls::Status;

int panelpuls_latest(const panelpuls_wave* wave, panelpuls_figures** figures) {
  return panelpuls_await(wave, 0, 0, figures);
}

int panelpuls_await(const panelpuls_wave* wave, uint64_t newer_than, int64_t timeout_ms,
                    panelpuls_figures** figures) {
  return Guarded([&]() -> Status {
    if (figures == nullptr) return IsNull("figures");
    *figures = nullptr;
    if (wave == nullptr) return IsNull("wave");
    *figures = new panelpuls_figures{
        timeout_ms <= 0 ? wave->wave->Latest()
                        : wave->wave->Await(newer_than, std::chrono::milliseconds(timeout_ms)),
        {}};
    return {};
  });
}

void panelpuls_figures_free(panelpuls_figures* figures) { delete figures; }

uint64_t panelpuls_figures_version(const panelpuls_figures* figures) {
  return figures == nullptr ? 0 : figures->figures.version();
}
uint64_t panelpuls_figures_respondents(const panelpuls_figures* figures) {
  return figures == nullptr ? 0 : figures->figures.respondents();
}
size_t panelpuls_figures_count(const panelpuls_figures* figures) {
  return figures == nullptr ? 0 : figures->figures.size();
}

int panelpuls_figures_at(panelpuls_figures* figures, size_t place, panelpuls_figure* figure) {
  return Guarded([&]() -> Status {
    if (figures == nullptr) return IsNull("figures");
    if (figure == nullptr) return IsNull("figure");
    return panelpuls::HandOutFigure(*figures, place, figure);
  });
}

int panelpuls_figures_find(panelpuls_figures* figures, const char* statistic, const char* of,
                           const char* domain, const char* against, panelpuls_figure* figure) {
  using panelpuls::TextOrEmpty;
  return Guarded([&]() -> Status {
    if (figures == nullptr) return IsNull("figures");
    if (figure == nullptr) return IsNull("figure");
    const auto place = figures->figures.PlaceOf(TextOrEmpty(statistic), TextOrEmpty(of),
                                                TextOrEmpty(domain), TextOrEmpty(against));
    if (!place.ok()) return place.status();
    return panelpuls::HandOutFigure(*figures, *place, figure);
  });
}
