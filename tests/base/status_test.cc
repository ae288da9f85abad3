#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace panelpuls {
namespace {

absl::Status FailIf(bool fail) { return fail ? DataLoss("block {} is gone", 7) : absl::OkStatus(); }

absl::StatusOr<std::unique_ptr<int>> Make(bool fail) {
  if (fail) return NotFound("no {}", "number");
  return std::make_unique<int>(5);
}

absl::Status Twice(bool first, bool second, int& reached) {
  PP_RETURN_IF_ERROR(FailIf(first));
  ++reached;
  PP_RETURN_IF_ERROR(FailIf(second));
  ++reached;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(bool first, bool second) {
  PP_ASSIGN_OR_RETURN(const std::unique_ptr<int> a, Make(first));
  PP_ASSIGN_OR_RETURN(auto b, Make(second));
  return *a + *b;
}

TEST(Status, ReturnIfErrorStopsAtTheFirstError) {
  int reached = 0;
  EXPECT_TRUE(Twice(false, false, reached).ok());
  EXPECT_EQ(reached, 2);
  reached = 0;
  const absl::Status status = Twice(false, true, reached);
  EXPECT_EQ(status, absl::DataLossError("block 7 is gone"));
  EXPECT_EQ(reached, 1);
}

TEST(Status, AssignOrReturnMovesTheValueOrPassesTheError) {
  EXPECT_EQ(*Sum(false, false), 10);
  EXPECT_EQ(Sum(true, false).status(), absl::NotFoundError("no number"));
  EXPECT_EQ(Sum(false, true).status(), absl::NotFoundError("no number"));
}

TEST(Status, HelpersSetTheirCode) {
  EXPECT_EQ(InvalidArgument("a").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FailedPrecondition("a").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(NotFound("a").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(DataLoss("a").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ResourceExhausted("a").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Unavailable("a").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Internal("a").code(), absl::StatusCode::kInternal);
}

TEST(Status, StringViewsCrossTheBridgeUnchanged) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(ToStd(ToAbsl(text)), text);
}

TEST(StatusDeathTest, CheckAbortsWithConditionAndPlace) {
  EXPECT_DEATH(PP_CHECK(1 + 1 == 3), "status_test.cc:[0-9]+: check failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace panelpuls
