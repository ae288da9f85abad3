// The parts of Asio that the programs here use, under one short name.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

namespace panelpuls::bench {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;

// 0 when `from` is later.
inline std::uint64_t NanosBetween(SteadyTime from, SteadyTime to) {
  return to <= from ? 0 : static_cast<std::uint64_t>(std::chrono::nanoseconds(to - from).count());
}

}  // namespace panelpuls::bench
