#include <algorithm>
#include <utility>

#include "base/status.h"
#include "embed/figures_impl.h"

namespace panelpuls {
inline namespace abi0 {

FigureNames::FigureNames(std::vector<estimate::FigureKey> the_keys) : keys(std::move(the_keys)) {
  for (std::size_t place = 0; place < keys.size(); ++place) {
    const estimate::FigureKey& key = keys[place];
    places.emplace(Names(key.statistic, key.of, key.domain, key.against), place);
  }
}

std::uint64_t Figures::version() const { return impl_->snapshot->version; }
std::uint64_t Figures::respondents() const { return impl_->snapshot->counters.respondents; }
std::size_t Figures::size() const { return impl_->names->keys.size(); }

Figure Figures::At(std::size_t place) const {
  const estimate::FigureKey& key = impl_->names->keys.at(place);
  const estimate::FigureValue& of = impl_->snapshot->estimates->figures.at(place);
  Figure figure;
  figure.statistic = key.statistic;
  figure.of = key.of;
  figure.domain = key.domain;
  figure.against = key.against;
  figure.n = of.n;
  figure.n_effective = of.n_effective;
  figure.value = of.value;
  figure.se = of.se;
  figure.low = of.low;
  figure.high = of.high;
  figure.reportable = of.value.has_value();
  for (const estimate::Flag& flag : of.flags) {
    figure.flags.push_back(estimate::FlagText(*impl_->snapshot->wave, flag));
    if (flag.kind == estimate::FlagKind::kNotReportable) figure.reportable = false;
  }
  return figure;
}

Result<std::size_t> Figures::PlaceOf(const std::string& statistic, const std::string& of,
                                     const std::string& domain, const std::string& against) const {
  const auto& places = impl_->names->places;
  const auto found = places.find(FigureNames::Names(statistic, of, domain, against));
  if (found != places.end()) return found->second;
  return Status(Code::kNotFound,
                fmt::format("wave \"{}\" has no figure \"{}\" of \"{}\", domain \"{}\", against "
                            "\"{}\"; its tabulations say which it has",
                            impl_->snapshot->wave->id, statistic, of, domain, against));
}

Result<Figure> Figures::Find(const std::string& statistic, const std::string& of,
                             const std::string& domain, const std::string& against) const {
  const Result<std::size_t> place = PlaceOf(statistic, of, domain, against);
  if (!place.ok()) return place.status();
  return At(*place);
}

}  // namespace abi0
}  // namespace panelpuls
