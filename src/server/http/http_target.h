// The target of a request as decoded path segments.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panelpuls::server {

// Origin form (/v1/wave?x) or absolute form (http://host/v1/wave); nullopt: neither. "/" has one
// empty segment. The query is not looked at.
std::optional<std::vector<std::string>> PathSegments(std::string_view target);
// Names and values of the query, decoded; of a target that PathSegments understands.
std::vector<std::pair<std::string, std::string>> QueryParameters(std::string_view target);

// NAME or NAME:PORT of an absolute form, as it stands there; nullopt: the form has none.
std::optional<std::string> TargetAuthority(std::string_view target);

}  // namespace panelpuls::server
