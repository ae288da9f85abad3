#include "server/connection/shared_bodies.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace panelpuls::server {
namespace {

TEST(SharedBodies, ABodyCountsOnceHoweverManyReadIt) {
  SharedBodies bodies(100);
  const int body = 0;
  std::optional<SharedBodies::Use> first(std::in_place, bodies, &body, 60);
  std::optional<SharedBodies::Use> second(std::in_place, bodies, &body, 60);
  EXPECT_EQ(bodies.bytes(), 60u);
  first.reset();
  EXPECT_EQ(bodies.bytes(), 60u);
  second.reset();
  EXPECT_EQ(bodies.bytes(), 0u);
}

TEST(SharedBodies, OldVersionsThatAreStillReadCrowdThem) {
  SharedBodies bodies(100);
  const int versions[3] = {};
  std::optional<SharedBodies::Use> uses[3];
  for (std::size_t i = 0; i < 3; ++i) uses[i].emplace(bodies, &versions[i], 40u);
  EXPECT_TRUE(bodies.crowded());
  uses[1].reset();
  EXPECT_FALSE(bodies.crowded());
}

}  // namespace
}  // namespace panelpuls::server
