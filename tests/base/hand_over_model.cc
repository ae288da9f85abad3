// Every schedule of the hand-over, by Relacy's full search, on the template that production uses.
// Each memory order weakened to relaxed must be caught: what cannot fail proves nothing.
#include <relacy/relacy.hpp>

// Relacy's names for the orders and for memory would rewrite the code under test.
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert

#include <cstdint>
#include <cstdio>
#include <iterator>
#include <sstream>

#include "base/hand_over.h"

namespace panelpuls {
namespace {

constexpr unsigned kWriter = 0;
constexpr unsigned kReader = 1;
constexpr int kGroups = 3;
constexpr int kLooks = 4;

enum class Weaken { kNothing, kWriterLoad, kWriterStore, kReaderLoad, kReaderStore };

// A word of Relacy's memory model; one thread's order of one operation may be weakened.
template <Weaken kWeaken>
class ModelWord {
 public:
  explicit ModelWord(std::uint32_t value) { word_.store(value, rl::mo_seq_cst, $); }
  std::uint32_t load(std::memory_order order) const {
    const Weaken mine = rl::thread_index() == kWriter ? Weaken::kWriterLoad : Weaken::kReaderLoad;
    return word_.load(mine == kWeaken ? rl::mo_relaxed : Order(order), $);
  }
  void store(std::uint32_t value, std::memory_order order) {
    const Weaken mine = rl::thread_index() == kWriter ? Weaken::kWriterStore : Weaken::kReaderStore;
    word_.store(value, mine == kWeaken ? rl::mo_relaxed : Order(order), $);
  }
  void notify_one() {}  // both sides poll here

 private:
  static rl::memory_order Order(std::memory_order order) {
    switch (order) {
      case std::memory_order::acquire:
        return rl::mo_acquire;
      case std::memory_order::release:
        return rl::mo_release;
      case std::memory_order::relaxed:
        return rl::mo_relaxed;
      default:
        return rl::mo_seq_cst;
    }
  }
  rl::atomic<std::uint32_t> word_;
};

// Two words of one group: a reader must never see the one without the other.
struct ModelBuffer {
  rl::var<int> first;
  rl::var<int> second;
};

int taken_in_all_schedules = 0;

template <Weaken kWeaken>
struct Protocol : rl::test_suite<Protocol<kWeaken>, 2> {
  HandOver<ModelWord<kWeaken>, ModelBuffer> hand_over;

  void thread(unsigned index) {
    if (index == kWriter) {
      Write();
    } else {
      Read();
    }
  }

  void Write() {
    for (int group = 1; group <= kGroups; ++group) {
      hand_over.Give([group](ModelBuffer& buffer) {
        buffer.first($) = group;
        buffer.second($) = group;
      });
    }
  }

  void Read() {
    int last = 0;
    hand_over.Want();
    for (int look = 0; look < kLooks; ++look) {
      const bool taken = hand_over.Take([&last](ModelBuffer& buffer) {
        const int first = buffer.first($);
        const int second = buffer.second($);
        RL_ASSERT(first == second);
        RL_ASSERT(first > last);
        last = first;
      });
      if (taken) {
        ++taken_in_all_schedules;
        hand_over.Want();
      }
    }
  }
};

template <Weaken kWeaken>
bool Check(const char* name, bool must_hold) {
  std::ostringstream output;
  rl::test_params parameters;
  parameters.search_type = rl::sched_full;
  parameters.iteration_count = 1'000'000;
  parameters.output_stream = &output;
  parameters.progress_stream = &output;
  taken_in_all_schedules = 0;
  const bool held = rl::simulate<Protocol<kWeaken>>(parameters);
  std::printf("%-40s %s after %llu schedules, %d hand-overs\n", name,
              rl::test_result_str(parameters.test_result),
              static_cast<unsigned long long>(parameters.stop_iteration), taken_in_all_schedules);
  if (held == must_hold && (!must_hold || taken_in_all_schedules > 0)) return true;
  std::printf("expected it to be %s\n%s\n", must_hold ? "right" : "caught", output.str().c_str());
  return false;
}

}  // namespace
}  // namespace panelpuls

int main() {
  using panelpuls::Check;
  using panelpuls::Weaken;
  const bool verdicts[] = {
      Check<Weaken::kNothing>("as it is", true),
      Check<Weaken::kWriterLoad>("writer's load relaxed", false),
      Check<Weaken::kWriterStore>("writer's store relaxed", false),
      Check<Weaken::kReaderLoad>("reader's load relaxed", false),
      Check<Weaken::kReaderStore>("reader's store relaxed", false),
  };
  for (const bool right : verdicts) {
    if (!right) return 1;
  }
  return 0;
}
