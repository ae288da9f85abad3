// Exit codes of panelpuls; the same table stands in every --help.
#pragma once

#include "base/status.h"

namespace panelpuls::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitError =
      1,  // anything else that went wrong; of simulate also: the estimate is too far from the truth
  kExitUsage = 2,     // the command line is wrong
  kExitRejected = 3,  // the work is done, but some records were rejected or cannot be read
  kExitGaveUp = 4,    // the server cannot be reached, or made no progress for too long
  kExitDamaged = 5,   // the journal is damaged, or does not give the state it should
  kExitTornTail = 6,  // verify: the journal is whole up to a torn tail, which the next start cuts
  kExitJournal = 74,  // serve: the journal cannot be written any more; the engine's own, at once
  kExitSignal = 128,  // and the signal's number: push was interrupted, and said how far it came
};

inline constexpr const char* kExitCodesHelp =
    "Exit codes: 0 ok; 1 error (simulate: also the estimate is too far from the truth); 2 usage;\n"
    "3 some records were rejected or cannot be read; 4 the server cannot be reached or made no\n"
    "progress; 5 the journal is damaged; 6 verify: the journal ends in a torn tail, which the "
    "next\n"
    "start cuts; 74 serve: the journal cannot be written any more; 130, 143 push: interrupted by\n"
    "Ctrl-C or SIGTERM.";

// Of a command that ends with `status`.
inline int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kDataLoss:
      return kExitDamaged;
    default:
      return kExitError;
  }
}

}  // namespace panelpuls::cli
