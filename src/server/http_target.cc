#include "server/http_target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace panelpuls::server {

std::optional<std::vector<std::string>> PathSegments(std::string_view target) {
  const boost::core::string_view text(target.data(), target.size());
  const auto parsed = target.starts_with('/') ? boost::urls::parse_origin_form(text)
                                              : boost::urls::parse_absolute_uri(text);
  if (!parsed.has_value()) return std::nullopt;
  std::vector<std::string> segments;
  for (const auto& segment : parsed->segments()) {
    segments.emplace_back(segment.data(), segment.size());
  }
  if (segments.empty()) segments.emplace_back();
  return segments;
}

}  // namespace panelpuls::server
