#include "server/http/http_target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace panelpuls::server {
namespace {

auto Parse(std::string_view target) {
  const boost::core::string_view text(target.data(), target.size());
  return target.starts_with('/') ? boost::urls::parse_origin_form(text)
                                 : boost::urls::parse_absolute_uri(text);
}

}  // namespace

std::optional<std::vector<std::string>> PathSegments(std::string_view target) {
  const auto parsed = Parse(target);
  if (!parsed.has_value()) return std::nullopt;
  std::vector<std::string> segments;
  for (const auto& segment : parsed->segments()) {
    segments.emplace_back(segment.data(), segment.size());
  }
  if (segments.empty()) segments.emplace_back();
  return segments;
}

std::vector<std::pair<std::string, std::string>> QueryParameters(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> query;
  const auto parsed = Parse(target);
  if (!parsed.has_value()) return query;
  for (const auto& parameter : parsed->params()) {
    query.emplace_back(std::string(parameter.key.data(), parameter.key.size()),
                       std::string(parameter.value.data(), parameter.value.size()));
  }
  return query;
}

std::optional<std::string> TargetAuthority(std::string_view target) {
  if (target.starts_with('/')) return std::nullopt;
  const auto parsed = Parse(target);
  if (!parsed.has_value()) return std::nullopt;
  const auto authority = parsed->encoded_authority();
  return std::string(authority.data(), authority.size());
}

}  // namespace panelpuls::server
