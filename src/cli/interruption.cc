#include "cli/interruption.h"

namespace panelpuls::cli {
namespace {

volatile std::sig_atomic_t came = 0;  // the handler runs on any thread and sets nothing else

void Note(int signal) { came = signal; }

void Catch(int signal, struct sigaction& old) {
  struct sigaction action{};
  action.sa_handler = Note;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(signal, nullptr, &old);
  if (old.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
}

}  // namespace

Interruption::Interruption() {
  came = 0;
  Catch(SIGINT, old_interrupt_);
  Catch(SIGTERM, old_terminate_);
}

Interruption::~Interruption() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

int Interruption::Signal() { return came; }

}  // namespace panelpuls::cli
