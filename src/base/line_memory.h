// An array that begins at a cache line, uninitialized: pages come as they are first written.
// Threads  as an array. Owns its memory; movable.
#pragma once

#include <cstddef>
#include <memory>

#include "base/aligned_allocator.h"

namespace panelpuls {

template <typename T>
struct LineMemoryRelease {
  std::size_t size = 0;
  void operator()(T* memory) const {
    AlignedAllocator<T, kCacheLineBytes>().deallocate(memory, size);
  }
};

template <typename T>
using LineMemory = std::unique_ptr<T[], LineMemoryRelease<T>>;

template <typename T>
LineMemory<T> AllocateLines(std::size_t size) {
  return LineMemory<T>(AlignedAllocator<T, kCacheLineBytes>().allocate(size),
                       LineMemoryRelease<T>{size});
}

}  // namespace panelpuls
