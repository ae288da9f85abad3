#include "server/handlers/handlers.h"

namespace panelpuls::server {

Handlers::Handlers(const Parts& parts)
    : batches_(parts.intake),
      reading_(parts.engine, parts.views),
      streams_(parts.views, parts.most_streams),
      responses_(parts.engine, parts.views, parts.exports),
      process_(parts.engine, parts.views) {
  table_.fill(&reading_);
  const auto set = [this](Resource resource, Handler* handler) {
    table_[static_cast<std::size_t>(resource)] = handler;
  };
  set(Resource::kNone, nullptr);
  set(Resource::kResponses, &batches_);
  set(Resource::kStream, &streams_);
  set(Resource::kExportResponses, &responses_);
  set(Resource::kMetrics, &process_);
  set(Resource::kHealth, &process_);
  set(Resource::kReady, &process_);
  set(Resource::kPage, &page_);
}

}  // namespace panelpuls::server
