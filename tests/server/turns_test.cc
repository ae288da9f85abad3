#include "server/connection/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace panelpuls::server {
namespace {

using Socket = asio::local::stream_protocol::socket;

// Sessions that all become ready at once; the first sends a byte while it works, and a reader waits
// for that.
struct Sessions {
  explicit Sessions(bool take_turns) : take_turns_(take_turns) {
    asio::local::connect_pair(near_, far_);
    asio::co_spawn(context_, Read(), asio::detached);
    for (int i = 0; i < 8; ++i) asio::co_spawn(context_, Work(i), asio::detached);
    context_.run();
  }

  asio::awaitable<void> Work(int number) {
    if (take_turns_) {
      auto turn = turns_.Next();
      co_await std::move(turn);
    }
    order_.push_back(std::to_string(number));
    if (number == 0) near_.write_some(asio::buffer("x", 1));
  }
  asio::awaitable<void> Read() {
    std::array<char, 1> byte{};
    auto read = far_.async_read_some(asio::buffer(byte), kTuple);
    co_await std::move(read);
    order_.emplace_back("read");
  }

  std::vector<std::string> WorkInOrder() const {
    std::vector<std::string> work = order_;
    std::erase(work, "read");
    return work;
  }
  std::ptrdiff_t BeforeTheRead() const {
    return std::find(order_.begin(), order_.end(), "read") - order_.begin();
  }

  const bool take_turns_;
  asio::io_context context_{1};
  Turns turns_{context_};
  Socket near_{context_}, far_{context_};
  std::vector<std::string> order_;
};

TEST(Turns, AreInTheOrderInWhichTheyWereAskedFor) {
  EXPECT_EQ(Sessions(true).WorkInOrder(),
            (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7"}));
}

TEST(Turns, LetWhatArrivesMeanwhileInBetween) {
  EXPECT_EQ(Sessions(false).BeforeTheRead(), 8);
  EXPECT_LE(Sessions(true).BeforeTheRead(), 3);
}

TEST(Turns, CanBeAskedForAgain) {
  asio::io_context context(1);
  Turns turns(context);
  int taken = 0;
  const auto take_some = [](Turns& of, int& count) -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      auto turn = of.Next();
      co_await std::move(turn);
      ++count;
    }
  };
  asio::co_spawn(context, take_some(turns, taken), asio::detached);
  context.run();
  asio::co_spawn(context, take_some(turns, taken), asio::detached);
  context.restart();
  context.run_for(std::chrono::seconds(10));  // a turn that is never given does not hang the test
  EXPECT_EQ(taken, 6);
}

}  // namespace
}  // namespace panelpuls::server
