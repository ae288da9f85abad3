// A request's body while it arrives: counted, and unpacked where it is gzip. What it unpacks to is
// counted too, so that a small body cannot become a large one.
// Threads  one at a time; reused from request to request.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace panelpuls::server {

enum class BodyState { kOk, kTooLarge, kCorrupt };

class BodyDecoder {
 public:
  BodyDecoder();
  ~BodyDecoder();

  struct Options {
    bool gzip = false;
    std::size_t max_bytes = 0;    // of what arrives, and of what it unpacks to
    std::size_t known_bytes = 0;  // of what arrives, where that was announced
  };
  void Begin(const Options& options);
  // Frees what is more than kOwnBytes; bytes() is empty then.
  void Release();
  BodyState Add(std::string_view piece);
  // The same for what is read straight into its place: room for the next piece, then how much of it
  // was filled.
  std::span<char> Room();
  BodyState Fill(std::size_t bytes);
  // kCorrupt: gzip that stops in the middle.
  BodyState End();

  // The body; kPadding readable bytes follow it.
  std::string_view bytes() const { return {buffer_.get(), size_}; }
  static constexpr std::size_t kPadding = 64;
  std::size_t held_bytes() const { return buffer_bytes_ + packed_.size(); }
  // Most room that a body takes; while it grows the old one stands beside it for a moment.
  static std::size_t MostRoom(const Options& options);
  // Bytes that came, before unpacking.
  std::size_t arrived() const { return arrived_; }

 private:
  struct Inflater;
  BodyState Append(std::string_view piece);
  BodyState Inflate(std::string_view piece);
  void Reserve(std::size_t more);

  std::unique_ptr<Inflater> inflater_;  // of a gzip body
  std::unique_ptr<char[]> buffer_;
  std::size_t buffer_bytes_ = 0;
  std::string packed_;  // Room of a gzip body
  std::size_t size_ = 0;
  std::size_t arrived_ = 0;
  Options options_;
};

}  // namespace panelpuls::server
