#include "cli/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "testing/scratch_directory.h"

namespace panelpuls::cli {
namespace {

struct Redirect {
  int out = -1;
  int err = -1;
};

// The child, with stdout and stderr where they are wanted.
pid_t Start(const std::vector<std::string>& arguments, const Redirect& redirect) {
  std::vector<std::string> words = {PANELPULS_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(redirect.out, STDOUT_FILENO);
  if (redirect.err >= 0) dup2(redirect.err, STDERR_FILENO);
  execv(pointers[0], pointers.data());
  _exit(127);
}

int CodeOf(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Outcome RunPanelpuls(const std::vector<std::string>& arguments) {
  return RunningProgram(arguments).Wait();
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments) {
  const int out = open(scratch_.File("out").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  const int err = open(scratch_.File("err").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  process_ = Start(arguments, {.out = out, .err = err});
  close(out);
  close(err);
}

RunningProgram::~RunningProgram() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  CodeOf(process_);
}

std::string RunningProgram::err() const { return ReadText(scratch_.File("err")); }

bool RunningProgram::WaitForErr(const std::string& text) const {
  for (;;) {
    siginfo_t ended{};
    const bool over =
        waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid == process_;
    if (err().find(text) != std::string::npos) return true;
    if (over) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void RunningProgram::Send(int signal) const { kill(process_, signal); }

Outcome RunningProgram::Wait() {
  Outcome outcome;
  outcome.code = CodeOf(std::exchange(process_, -1));
  outcome.out = ReadText(scratch_.File("out"));
  outcome.err = err();
  return outcome;
}

ServerProcess::ServerProcess(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  std::vector<std::string> words = {"serve", "--http-port", "0", "--tcp-port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  process_ = Start(words, {.out = pipe_ends[1]});
  close(pipe_ends[1]);
  output_ = pipe_ends[0];
  const std::string kListening = "listening http=";
  for (;;) {
    const std::size_t found = start_text_.find(kListening);
    if (found != std::string::npos && start_text_.find('\n', found) != std::string::npos) {
      const std::size_t blank = start_text_.find(" tcp=", found);
      const std::size_t begin = found + kListening.size();
      http_ = start_text_.substr(begin, blank - begin);
      tcp_ = start_text_.substr(blank + 5, start_text_.find('\n', blank) - blank - 5);
      return;
    }
    std::array<char, 4096> buffer{};
    const ssize_t got = read(output_, buffer.data(), buffer.size());
    if (got <= 0) {
      ADD_FAILURE() << "the server did not start: " << start_text_;
      return;
    }
    start_text_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

int ServerProcess::Stop() {
  if (process_ < 0) return -1;
  kill(process_, SIGINT);
  const int code = CodeOf(process_);
  process_ = -1;
  close(output_);
  return code;
}

ServerProcess::~ServerProcess() { Stop(); }

}  // namespace panelpuls::cli
