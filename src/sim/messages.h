// Messages as collectors send them, put in the order in which they arrive.
// Threads  one; codes are views into the wave, ids into the caller's strings.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/answers.h"
#include "sim/fieldwork.h"

namespace panelpuls::sim {

struct Version {
  std::string_view id;
  std::size_t cell = 0;
  int channel = 0;
  std::uint32_t revision = 1;
  wave::Status status = wave::Status::kComplete;
  Micros collected_at = 0;
  Micros send_at = 0;
  std::optional<double> base_weight;
};

struct Happening {
  std::string_view id;
  int channel = 0;
  wave::Disposition disposition = wave::Disposition::kNone;
  Micros at = 0;
};

class MessageList {
 public:
  explicit MessageList(const Model& model) : model_(model) {}

  void Add(const Version& version, const Answers& answers);
  void Add(const Happening& happening);
  std::vector<Message> TakeSorted();

 private:
  const Model& model_;
  std::vector<Message> messages_;
};

}  // namespace panelpuls::sim
