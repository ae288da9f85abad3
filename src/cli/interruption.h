// Ctrl-C and SIGTERM as something to ask about, so that a long command can say how far it came. A
// second signal ends the process at once. Threads  main only; one at a time.
#pragma once

#include <csignal>

namespace panelpuls::cli {

class Interruption {
 public:
  // From here on; a signal that is ignored stays so.
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // SIGINT or SIGTERM, once it came; else 0.
  static int Signal();

 private:
  struct sigaction old_interrupt_{};
  struct sigaction old_terminate_{};
};

}  // namespace panelpuls::cli
