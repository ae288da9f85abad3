#include "wave/response.h"

namespace panelpuls::wave {

void RawResponse::Clear() {
  respondent_id = {};
  channel = {};
  revision = 0;
  collected_at = kNoTime;
  status = Status::kComplete;
  answers.clear();
  options.clear();
  categories.clear();
  base_weight.reset();
}

}  // namespace panelpuls::wave
