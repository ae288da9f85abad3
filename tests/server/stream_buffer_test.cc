#include "server/stream/stream_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "server/options.h"

namespace panelpuls::server {
namespace {

void Put(StreamBuffer& buffer, std::string_view bytes) {
  ASSERT_LE(bytes.size(), buffer.room().size());
  std::copy(bytes.begin(), bytes.end(), buffer.room().begin());
  buffer.Fill(bytes.size());
}

TEST(StreamBuffer, AMessageStaysUntilItIsForgotten) {
  StreamBuffer buffer;
  buffer.Grow(16);
  Put(buffer, "firstsecond");
  buffer.Consume(5);
  EXPECT_EQ(buffer.rest(), "firstsecond");
  EXPECT_FALSE(buffer.Forget());
  EXPECT_EQ(buffer.rest(), "second");
  EXPECT_FALSE(buffer.Forget());
  EXPECT_EQ(buffer.rest(), "second");
}

TEST(StreamBuffer, GrowingAndMakingSpaceKeepWhatHasCome) {
  StreamBuffer buffer;
  buffer.Grow(16);
  Put(buffer, "0123456789abcdef");
  buffer.Consume(10);
  buffer.Forget();
  EXPECT_TRUE(buffer.room().empty());
  buffer.MakeSpace();
  EXPECT_EQ(buffer.rest(), "abcdef");
  EXPECT_EQ(buffer.room().size(), 10u);
  buffer.Grow(20);
  EXPECT_EQ(buffer.rest(), "abcdef");
  EXPECT_EQ(buffer.room().size(), 14u);
}

TEST(StreamBuffer, KeepsItsOwnRoomAndNoMore) {
  StreamBuffer buffer;
  for (const std::size_t size : {kOwnBytes, kOwnBytes + 1}) {
    buffer.Grow(size);
    Put(buffer, std::string(size, 'x'));
    buffer.Consume(size);
    EXPECT_EQ(buffer.Forget(), size > kOwnBytes);
    EXPECT_EQ(buffer.capacity(), size > kOwnBytes ? 0 : size);
    EXPECT_TRUE(buffer.rest().empty());
  }
}

}  // namespace
}  // namespace panelpuls::server
