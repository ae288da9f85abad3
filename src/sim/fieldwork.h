// A simulated fieldwork of a wave: who is invited, who answers when, where and what. Deterministic
// by seed on every machine. Everything it makes is simulated, and says so.
// Threads  one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/status.h"
#include "wave/response.h"
#include "wave/wave.h"

namespace panelpuls::sim {

struct FieldworkOptions {
  std::uint64_t seed = 1;
  double truth_shift = 0;        // score points by which the population's indicator is moved
  std::string parameters_file;   // every parameter, marked as published or assumed
};

// Population truth, as drawn; not what the sample gives.
struct TruthFigure {
  std::string statistic, of, domain;
  double value = 0;
};

// One message of a collector, in order of `send_at`.
struct Message {
  Micros send_at = 0;   // simulated time at which it reaches the server
  int channel = 0;      // which collector sends it
  bool is_event = false;
  // Codes are views into the wave, ids into the fieldwork: valid as long as both.
  wave::RawResponse response;
  wave::RawCaseEvent event;
};

class Fieldwork {
 public:
  // InvalidArgument: parameters file, or a wave the parameters do not fit; names line and mend.
  static absl::StatusOr<std::unique_ptr<Fieldwork>> Make(FileSystem& files,
                                                         std::shared_ptr<const wave::Wave> wave,
                                                         const FieldworkOptions& options);
  ~Fieldwork();

  const std::vector<TruthFigure>& truth() const;
  std::string TruthToJson() const;
  // All messages, sorted by (send_at, channel, number).
  const std::vector<Message>& messages() const;
  std::uint64_t frame_units() const;
  std::string Describe() const;  // what was simulated, for people; begins with SIMULATED

 private:
  struct Impl;
  explicit Fieldwork(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::sim
