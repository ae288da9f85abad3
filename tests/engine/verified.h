// What a test asks of a directory's verification.
#pragma once

#include <gtest/gtest.h>

#include "archive/replay.h"
#include "archive/verify.h"

namespace panelpuls::engine::testing {

// Nothing found, whole to the end, and nobody writing.
inline ::testing::AssertionResult IsSound(
    const absl::StatusOr<archive::Verification>& verification) {
  if (!verification.ok()) return ::testing::AssertionFailure() << verification.status();
  for (const auto* const lines :
       {&verification->findings, &verification->torn_tails, &verification->in_flight}) {
    if (!lines->empty()) return ::testing::AssertionFailure() << lines->front();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace panelpuls::engine::testing
