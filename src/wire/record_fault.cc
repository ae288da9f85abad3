#include "wire/record_fault.h"

#include <absl/strings/match.h>

#include <array>
#include <utility>

#include "base/status.h"

namespace panelpuls::wire {

bool Fail(RecordFault& fault, std::string field, std::string reason) {
  fault.field = std::move(field);
  fault.reason = std::move(reason);
  fault.kept.clear();
  return false;
}

bool ParseStatusName(std::string_view name, wave::Status& status) {
  constexpr std::array<std::string_view, 4> kNames = {"COMPLETE", "PARTIAL", "WITHDRAWN", "TEST"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (absl::EqualsIgnoreCase(ToAbsl(name), ToAbsl(kNames[i]))) {
      status = static_cast<wave::Status>(i);
      return true;
    }
  }
  return false;
}

}  // namespace panelpuls::wire
