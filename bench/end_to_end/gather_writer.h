// Writes buffers in order, as many a system call as the kernel takes (asio::async_write gives it
// 16, which is five batches of a response). Threads  its socket's. The buffers' bytes, and this,
// outlive the write.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "end_to_end/asio.h"

namespace panelpuls::bench {

class GatherWriter {
 public:
  // `done` is called on the socket's thread when all is written, or with the error.
  GatherWriter(tcp::socket& socket, std::function<void(const ErrorCode&)> done)
      : socket_(socket), done_(std::move(done)) {}

  // Before Start, and not while a write is under way.
  void Add(asio::const_buffer buffer) { buffers_.push_back(buffer); }
  void Start() {
    first_ = 0;
    WriteSome();
  }

 private:
  void WriteSome() {
    const std::span<const asio::const_buffer> rest = std::span(buffers_).subspan(first_);
    socket_.async_write_some(rest, [this](const ErrorCode& error, std::size_t bytes) {
      Consume(bytes);
      if (!error && first_ < buffers_.size()) return WriteSome();
      buffers_.clear();
      done_(error);
    });
  }

  void Consume(std::size_t bytes) {
    while (first_ < buffers_.size() && bytes >= buffers_[first_].size()) {
      bytes -= buffers_[first_++].size();
    }
    if (first_ < buffers_.size()) buffers_[first_] += bytes;
  }

  tcp::socket& socket_;
  const std::function<void(const ErrorCode&)> done_;
  std::vector<asio::const_buffer> buffers_;
  std::size_t first_ = 0;  // not written whole yet
};

}  // namespace panelpuls::bench
