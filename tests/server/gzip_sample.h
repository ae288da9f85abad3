// Gzip as a sender makes it and a reader takes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace panelpuls::testing {

std::string GzipSample(std::string_view text);

// Reads one gzip member that comes in pieces.
class GzipReader {
 public:
  GzipReader();
  ~GzipReader();
  GzipReader(GzipReader&& other) noexcept;

  // The text that is known once this piece is there. Adds a test failure where it is no gzip.
  std::string Take(std::string_view piece);
  // It was no gzip; nothing more comes out.
  bool broken() const { return broken_; }
  // The member has ended, with the right check sum.
  bool ended() const { return ended_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
  bool broken_ = false;
};

}  // namespace panelpuls::testing
