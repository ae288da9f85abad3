#include "server/refusal.h"

#include "wire/stream.h"

namespace panelpuls::server {

void AppendRefusal(const StreamRefusal& refusal, std::string& out) {
  wire::AppendError({.code = std::string(CodeOf(refusal.error)),
                     .detail = refusal.detail,
                     .retryable = refusal.retryable},
                    out);
}

}  // namespace panelpuls::server
