#include "server/http/routes.h"

#include <array>
#include <utility>

namespace panelpuls::server {
namespace {

constexpr std::array<std::pair<std::string_view, Resource>, 8> kOfWave = {{
    {"responses", Resource::kResponses},
    {"snapshot", Resource::kSnapshot},
    {"stream", Resource::kStream},
    {"history", Resource::kHistory},
    {"cells", Resource::kCells},
    {"guidance", Resource::kGuidance},
    {"attention", Resource::kAttention},
    {"wave", Resource::kWave},
}};

// Behind "export".
constexpr std::array<std::pair<std::string_view, Resource>, 4> kOfExport = {{
    {"responses.csv", Resource::kExportResponses},
    {"figures.csv", Resource::kExportFigures},
    {"comparisons.csv", Resource::kExportComparisons},
    {"rankings.csv", Resource::kExportRankings},
}};

constexpr std::array<std::pair<std::string_view, Resource>, 3> kOfProcess = {{
    {"metrics", Resource::kMetrics},
    {"healthz", Resource::kHealth},
    {"readyz", Resource::kReady},
}};

template <typename Table>
Resource Find(const Table& table, std::string_view name) {
  for (const auto& [known, resource] : table) {
    if (known == name) return resource;
  }
  return Resource::kNone;
}

}  // namespace

Route FindRoute(std::span<const std::string> segments) {
  Route route;
  if (segments.size() == 2 && segments[0] == "v1") {
    route.resource = Find(kOfWave, segments[1]);
    return route;
  }
  if (segments.size() == 3 && segments[0] == "v1" && segments[1] == "export") {
    route.resource = Find(kOfExport, segments[2]);
    return route;
  }
  if (segments.size() >= 4 && segments[0] == "v1" && segments[1] == "waves") {
    route.wave = segments[2];
    if (segments.size() == 4) route.resource = Find(kOfWave, segments[3]);
    if (segments.size() == 5 && segments[3] == "export") {
      route.resource = Find(kOfExport, segments[4]);
    }
    return route;
  }
  if (segments.empty() || segments[0] == "v1") return route;
  if (segments.size() == 1) route.resource = Find(kOfProcess, segments[0]);
  if (route.resource != Resource::kNone) return route;
  route.resource = Resource::kPage;
  for (const std::string& segment : segments) route.page_path += "/" + segment;
  return route;
}

std::string_view AllowedMethods(Resource resource) {
  return IsWrite(resource) ? "POST" : "GET, HEAD";
}

bool IsAllowed(Resource resource, std::string_view method) {
  if (IsWrite(resource)) return method == "POST";
  return method == "GET" || method == "HEAD";
}

}  // namespace panelpuls::server
