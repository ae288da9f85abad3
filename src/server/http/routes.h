// Which resource a path names and which methods it takes. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http_message.h"

namespace panelpuls::server {

enum class Resource {
  kNone,
  kResponses,
  kSnapshot,
  kStream,
  kHistory,
  kCells,
  kGuidance,
  kAttention,
  kWave,
  kExportResponses,
  kExportFigures,
  kExportComparisons,
  kExportRankings,
  kMetrics,
  kHealth,
  kReady,
  kPage,
};
inline constexpr std::size_t kResourceCount = static_cast<std::size_t>(Resource::kPage) + 1;

struct Route {
  Resource resource = Resource::kNone;
  std::optional<std::string> wave;  // of /v1/waves/{id}/...
  std::string page_path;            // kPage: "/" or "/name"
};

// kPage for whatever no other resource is; whether there is such a file is the page's to say.
Route FindRoute(std::span<const std::string> segments);

// Value of the Allow field.
std::string_view AllowedMethods(Resource resource);
bool IsAllowed(Resource resource, std::string_view method);
// Whether a request changes something, and so has a body; all others only read.
inline bool IsWrite(Resource resource) { return resource == Resource::kResponses; }
// Whether it only asks how the server is, which is answered when all places are taken too.
inline bool AsksHowItIs(Resource resource) {
  return resource == Resource::kHealth || resource == Resource::kReady ||
         resource == Resource::kMetrics;
}

}  // namespace panelpuls::server
