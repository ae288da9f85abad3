#include "testing/allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
// pairs-with: nothing; a count, read by the thread whose own calls it is about.
std::atomic<std::uint64_t> allocations{0};
}  // namespace

void* operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace panelpuls::testing {

std::uint64_t AllocationCount() { return allocations.load(std::memory_order_relaxed); }

}  // namespace panelpuls::testing
