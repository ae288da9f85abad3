// Files on their way to a server, one after the other over one connection: what became of their
// lines, and what is to be mended. Threads  main only.
#pragma once

#include <cstdint>
#include <string>

#include "cli/arguments.h"
#include "client/pusher.h"
#include "wave/wave.h"

namespace panelpuls::cli {

class FilePush;

struct PushSettings {
  FileArguments form;
  std::string channel;  // of records that name none; empty: as the file's format has it
};

class PushJob {
 public:
  // All outlive this.
  PushJob(const PushSettings& settings, const wave::Wave& wave, client::Pusher& pusher);

  // Each sends a file to its end and says what was refused. An error that is not of the pusher is
  // of the file alone.
  absl::Status PushResponses(const std::string& file);
  absl::Status PushEvents(const std::string& file);

  // Records that the server refused or that could not be sent.
  std::uint64_t put_aside() const { return put_aside_; }
  // What the pusher ended with; ok: it goes on.
  const absl::Status& pusher_status() const { return pusher_status_; }

 private:
  enum class Kind { kResponses, kEvents };
  absl::Status PushFile(const std::string& file, Kind kind);
  absl::Status ReadAndSend(FilePush& push, Kind kind);

  const PushSettings& settings_;
  const wave::Wave& wave_;
  client::Pusher& pusher_;
  FilePush* at_hand_ = nullptr;
  std::uint64_t put_aside_ = 0;
  absl::Status pusher_status_;
};

}  // namespace panelpuls::cli
