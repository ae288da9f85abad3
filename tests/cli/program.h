// The built binary as a user runs it: a command to its end, and a server until the test is over.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "testing/scratch_directory.h"

namespace panelpuls::cli {

struct Outcome {
  int code = -1;  // exit code, or 128 + signal
  std::string out;
  std::string err;
};
// Runs `panelpuls ARGUMENTS...` to its end.
Outcome RunPanelpuls(const std::vector<std::string>& arguments);

// `panelpuls ARGUMENTS...` while the test does something else.
class RunningProgram {
 public:
  explicit RunningProgram(const std::vector<std::string>& arguments);
  ~RunningProgram();  // killed, if it still runs
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  // What it has said so far on stderr.
  std::string err() const;
  // Whether that contains `text` before it ends.
  bool WaitForErr(const std::string& text) const;
  void Send(int signal) const;
  // Waits for its end.
  Outcome Wait();

 private:
  panelpuls::testing::ScratchDirectory scratch_;
  pid_t process_ = -1;
};

// `panelpuls serve` on free ports; waits for its line. Ended by Stop or the destructor.
class ServerProcess {
 public:
  // wave, data and any more arguments.
  explicit ServerProcess(const std::vector<std::string>& arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& http() const { return http_; }
  const std::string& tcp() const { return tcp_; }
  pid_t process() const { return process_; }
  // All that it printed up to the listening line.
  const std::string& start_text() const { return start_text_; }
  // Ends it as Ctrl-C does; its exit code.
  int Stop();

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string http_, tcp_, start_text_;
};

std::string ReadText(const std::string& path);
void WriteText(const std::string& path, const std::string& text);

inline const std::string kSource = PANELPULS_SOURCE_DIR;
inline const std::string kPanelWave = kSource + "/waves/virksomhedspanel-2025-efteraar.textproto";

}  // namespace panelpuls::cli
