// How far a long command is, on stderr: a bar that redraws itself on a terminal, else a line now
// and then. Threads: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace panelpuls::cli {

class Progress {
 public:
  // `total` 0: unknown.
  Progress(std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(std::uint64_t done);
  // Leaves the bar as it is; the destructor does so, too.
  void End();

 private:
  void Draw();

  const std::string what_;
  const std::uint64_t total_;
  const bool terminal_;
  std::uint64_t done_ = 0;
  bool drawn_ = false;
  const std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace panelpuls::cli
