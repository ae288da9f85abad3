// Memory that begins at a cache line, for std::vector.
#pragma once

#include <cstddef>
#include <new>

namespace panelpuls::state {

inline constexpr std::size_t kCacheLineBytes = 64;

template <typename T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{kCacheLineBytes};

  LineAllocator() = default;
  template <typename Other>
  LineAllocator(const LineAllocator<Other>& /*of_others*/) {
  }  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, count * sizeof(T), kAlignment);
  }
  friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
};

}  // namespace panelpuls::state
