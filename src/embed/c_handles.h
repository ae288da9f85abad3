// What the handles of the C interface are, and how errors leave it. Internal to the room.
// Threads  as panelpuls_c.h has it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "panelpuls/panelpuls.h"
#include "panelpuls/panelpuls_c.h"

struct panelpuls_wave {
  std::unique_ptr<panelpuls::Wave> wave;
};

struct panelpuls_batch {
  panelpuls::Batch batch;
};

struct panelpuls_result {
  panelpuls::BatchResult result;
};

struct panelpuls_figures {
  struct Handed {
    panelpuls::Figure figure;
    std::string flags;
  };
  panelpuls::Figures figures;
  std::map<std::size_t, Handed> handed;  // by place; their texts are the caller's to read
};

namespace panelpuls {
inline namespace abi0 {

// Keeps why, for panelpuls_error_text, and gives the code.
int KeepError(const Status& status) noexcept;
// Of what was caught: to be called in a catch block.
int KeepCaught() noexcept;

// Runs `body`, which gives a Status; nothing that it throws gets out.
template <typename Body>
int Guarded(Body body) noexcept {
  try {
    return KeepError(body());
  } catch (...) {
    return KeepCaught();
  }
}

inline Status IsNull(const char* what) {
  return Status(Code::kInvalidArgument, std::string(what) + " is NULL");
}

// Hands `filled` out into a struct of another version: what it has room for, zeros behind.
template <typename Struct>
Status HandOut(const Struct& filled, Struct* out) {
  constexpr std::size_t kBegin = sizeof(out->size);
  const std::size_t size = out->size;
  if (size < kBegin) return Status(Code::kInvalidArgument, "the struct's size is not set");
  auto* const bytes = reinterpret_cast<char*>(out);
  const std::size_t known = std::min(size, sizeof filled);
  std::memcpy(bytes + kBegin, reinterpret_cast<const char*>(&filled) + kBegin, known - kBegin);
  std::memset(bytes + known, 0, size - known);
  return {};
}

// Takes a struct of another version in over the defaults in `*into`; what a newer header has more
// must be zero.
template <typename Struct>
Status TakeIn(const Struct* given, Struct* into) {
  constexpr std::size_t kBegin = sizeof(given->size);
  const std::size_t size = given->size;
  if (size < kBegin) return Status(Code::kInvalidArgument, "the struct's size is not set");
  const auto* const bytes = reinterpret_cast<const char*>(given);
  const std::size_t known = std::min(size, sizeof *into);
  if (std::any_of(bytes + known, bytes + size, [](char byte) { return byte != 0; })) {
    return Status(Code::kInvalidArgument,
                  "the struct asks for what this version of the library does not have");
  }
  std::memcpy(reinterpret_cast<char*>(into) + kBegin, bytes + kBegin, known - kBegin);
  return {};
}

}  // namespace abi0
}  // namespace panelpuls
