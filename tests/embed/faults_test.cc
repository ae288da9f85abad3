// The door over a disk that is full, and over one that fails: results, not the end of the process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "embed/wave_impl.h"
#include "panelpuls/panelpuls.h"
#include "testing/simulated_file_system.h"

namespace panelpuls {
namespace {

using ::testing::HasSubstr;
using testing::SimulatedFileSystem;

std::unique_ptr<Wave> OpenOn(SimulatedFileSystem& files) {
  auto wave = Wave::Impl::Open(files, std::string(PANELPULS_SOURCE_DIR) + "/waves/cases.textproto",
                               "/data", {.room_patience = std::chrono::milliseconds(0)});
  EXPECT_TRUE(wave.ok()) << wave.status().message();
  return wave.ok() ? std::move(*wave) : nullptr;
}

Batch Of(const std::string& id) {
  return {.responses = {{.respondent_id = id,
                         .channel = "cati",
                         .collected_at = Now(),
                         .answers = {{"revenue", {"up"}}, {"employees", {"same"}}}}}};
}

Code Sent(Wave& wave, const Batch& batch) { return wave.Submit(batch).get().status.code(); }

TEST(EmbedFaults, AFullDiskIsAResultUntilThereIsRoom) {
  SimulatedFileSystem files;
  const auto wave = OpenOn(files);
  files.FillDirectory("/data");
  // What is preallocated takes some, in batches of many.
  Batch batch;
  for (int unit = 0; unit < 5000; ++unit) {
    batch.responses.push_back(Of("unit " + std::to_string(unit)).responses.front());
  }
  Code code = Code::kOk;
  for (std::uint32_t revision = 0; code == Code::kOk; ++revision) {
    ASSERT_LT(revision, 1000u);
    for (Response& response : batch.responses) response.revision = revision;
    code = Sent(*wave, batch);
  }
  EXPECT_EQ(code, Code::kNoRoom);
  EXPECT_EQ(wave->State().code(), Code::kNoRoom);
  EXPECT_EQ(Sent(*wave, Of("new")), Code::kNoRoom);
  files.FillDirectory("");
  while ((code = Sent(*wave, Of("new"))) == Code::kNoRoom) {
  }
  EXPECT_EQ(code, Code::kOk);
  EXPECT_TRUE(wave->State().ok());
}

TEST(EmbedFaults, AFailedWriteIsAStateAndTheDirectoryCanBeOpenedAnew) {
  SimulatedFileSystem files;
  auto wave = OpenOn(files);
  ASSERT_EQ(Sent(*wave, Of("kept")), Code::kOk);
  files.FailCall(1, absl::StatusCode::kUnavailable, ~std::uint64_t{0});
  const BatchResult lost = wave->Submit(Of("lost")).get();
  EXPECT_EQ(lost.status.code(), Code::kFailed);
  EXPECT_TRUE(lost.responses.empty());
  EXPECT_EQ(wave->State().code(), Code::kFailed);
  EXPECT_THAT(wave->State().message(), HasSubstr("/data"));
  EXPECT_EQ(Sent(*wave, Of("later")), Code::kFailed);
  wave->Await(~std::uint64_t{0}, std::chrono::hours(1));  // comes back at once
  EXPECT_EQ(wave->Stop().code(), Code::kFailed);
  wave.reset();
  files.StopFailing();
  wave = OpenOn(files);
  EXPECT_GE(wave->Latest().respondents(), 1u);
  EXPECT_EQ(Sent(*wave, Of("later")), Code::kOk);
}

}  // namespace
}  // namespace panelpuls
