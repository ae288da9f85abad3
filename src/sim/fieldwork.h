// A simulated fieldwork of a wave: who is invited, who answers when, where and what. Deterministic
// by seed on every machine. Everything it makes is simulated, and says so.
// Threads  one; a Population is immutable and may be shared.
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
#include "wave/frame.h"
#include "wave/response.h"
#include "wave/wave.h"

namespace panelpuls::sim {

struct PopulationOptions {
  double truth_shift = 0;  // score points by which the population's indicator is moved
  std::string
      parameters_file;  // every parameter, marked as published or assumed; empty: generic ones
};

// Population truth, as drawn from; not what a sample gives.
struct TruthFigure {
  std::string statistic, of, domain;
  double value = 0;  // shares 0 to 1, means in score points
};

// A figure that was published, to print beside estimate and truth.
struct PublishedFigure {
  std::string statistic, of, domain;
  double value = 0;      // shares 0 to 1, means in score points
  double half_unit = 0;  // of the last digit printed
};

// The infinite population that fieldworks are drawn from.
class Population {
 public:
  // InvalidArgument: parameters file, or a wave the parameters do not fit; names line and mend.
  static absl::StatusOr<std::shared_ptr<const Population>> Make(
      FileSystem& files, std::shared_ptr<const wave::Wave> wave, const PopulationOptions& options);
  ~Population();

  const std::shared_ptr<const wave::Wave>& wave() const;
  const std::vector<TruthFigure>& truth() const;
  // Null: the wave reports no such figure.
  const TruthFigure* FindTruth(std::string_view statistic, std::string_view of,
                               std::string_view domain) const;
  const std::vector<PublishedFigure>& published() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Population(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One message of a collector, in order of `send_at`.
struct Message {
  Micros send_at = 0;  // simulated time at which it reaches the server
  int channel = 0;     // which collector sends it
  bool is_event = false;
  // Codes are views into the wave, ids into the fieldwork: valid as long as both.
  wave::RawResponse response;
  wave::RawCaseEvent event;
};

struct FieldworkOptions {
  std::uint64_t seed = 1;
  bool case_events = true;
};

class Fieldwork {
 public:
  static std::unique_ptr<Fieldwork> Make(std::shared_ptr<const Population> population,
                                         const FieldworkOptions& options);
  ~Fieldwork();

  const Population& population() const;
  // All messages, sorted by (send_at, channel, number).
  const std::vector<Message>& messages() const;
  // Everybody invited: the sample frame, for a wave that has one.
  const std::vector<wave::FrameUnit>& frame() const;
  std::string FrameToCsv() const;
  // The truth, with the seed and the shift, and that it is simulated.
  std::string TruthToJson() const;
  std::string Describe() const;  // what was simulated, for people; begins with SIMULATED

 private:
  struct Impl;
  explicit Fieldwork(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::sim
