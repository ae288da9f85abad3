#include "server/refusal.h"

#include "base/printable.h"
#include "wire/stream.h"

namespace panelpuls::server {

void AppendRefusal(const StreamRefusal& refusal, std::string& out) {
  wire::AppendError({.code = std::string(CodeOf(refusal.error)),
                     .detail = Printable(refusal.detail, kMostLineBytes),
                     .retryable = refusal.retryable},
                    out);
}

}  // namespace panelpuls::server
