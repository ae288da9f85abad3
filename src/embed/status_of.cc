#include "embed/status_of.h"

#include <string>

namespace panelpuls {
inline namespace abi0 {
namespace {

Code CodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return Code::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return Code::kInvalidArgument;
    case absl::StatusCode::kNotFound:
      return Code::kNotFound;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
      return Code::kFailedPrecondition;
    case absl::StatusCode::kDataLoss:
      return Code::kDataLoss;
    case absl::StatusCode::kResourceExhausted:
      return Code::kExhausted;
    case absl::StatusCode::kUnavailable:
      return Code::kUnavailable;
    default:
      return Code::kInternal;
  }
}

}  // namespace

Status StatusOf(const absl::Status& status) {
  if (status.ok()) return {};
  return Status(CodeOf(status.code()), std::string(ToStd(status.message())));
}

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return "accepted";
    case Verdict::kDuplicate:
      return "duplicate";
    case Verdict::kSuperseded:
      return "superseded";
    case Verdict::kConflict:
      return "conflict";
    case Verdict::kErased:
      return "erased";
    case Verdict::kRejected:
      return "rejected";
    case Verdict::kRegisterFull:
      return "register_full";
  }
  return "unknown";
}

const char* Version() { return PANELPULS_BUILD; }

}  // namespace abi0
}  // namespace panelpuls
