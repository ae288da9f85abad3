// Records that were resolved under one definition, as those of another that may follow it
// (changes.h): numbers stay, fields move to where the other layout has them, what was added is
// absent.
// Order   two contents compare by memcmp as they did before.
// Threads any; const. The waves outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wave/record.h"
#include "wave/wave.h"

namespace panelpuls::wave {

class RecordTranslation {
 public:
  // The waves have the same dimensions and kinds of base weights.
  RecordTranslation(const Wave& from, const Wave& to);

  // Every record is the same in both.
  bool is_identity() const { return is_identity_; }

  // `record`: one that RecordCheck finds nothing in under `from`. Fills `out`; its text is what the
  // record holds that is not in its place in `to` any more: "option \"up\" of question \"orders\"";
  // empty: nothing.
  std::string Translate(std::span<const std::byte> record, std::vector<std::byte>* out) const;

 private:
  // A field of numbers or, of a multiple choice, a set; [number] whether `to` has it in its place.
  struct Part {
    Field from;
    Field to;
    bool is_set = false;
    bool is_kept = true;  // else `to` has no such field
    std::vector<bool> stays;
  };
  std::string FindLost(const Part& part, std::uint64_t value, std::size_t place) const;
  std::string CategoryOrAnswer(std::size_t part, std::size_t number) const;
  std::string TranslateResponse(std::span<const std::byte> record, std::byte* out) const;
  std::string TranslateFrameUnit(std::span<const std::byte> record, std::byte* out) const;
  std::string FindLostChannel(std::span<const std::byte> record) const;

  const Wave& from_;
  const Wave& to_;
  std::vector<bool> channels_;  // [number] stays
  std::vector<Part> parts_;     // dimensions, then questions
  bool is_identity_ = true;
};

}  // namespace panelpuls::wave
