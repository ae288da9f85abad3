// Memory that begins at a multiple of `alignment` bytes, for std::vector.
#pragma once

#include <cstddef>
#include <new>

namespace panelpuls {

inline constexpr std::size_t kCacheLineBytes = 64;

template <typename T, std::size_t alignment>
struct AlignedAllocator {
  using value_type = T;
  template <typename Other>
  struct rebind {
    using other = AlignedAllocator<Other, alignment>;
  };

  AlignedAllocator() = default;
  template <typename Other>
  // NOLINTNEXTLINE(google-explicit-constructor): what the standard asks of an allocator
  AlignedAllocator(const AlignedAllocator<Other, alignment>& /*of_others*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{alignment}));
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, count * sizeof(T), std::align_val_t{alignment});
  }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

}  // namespace panelpuls
