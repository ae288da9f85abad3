// One file that is pushed: its lines on their way, those that were refused, and what is said of
// them. Threads  main only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/progress.h"
#include "cli/reasons.h"
#include "cli/rejected_file.h"
#include "client/pusher.h"
#include "wave/wave.h"
#include "wire/field_columns.h"
#include "wire/files.h"

namespace panelpuls::cli {

class FilePush {
 public:
  // Content and wave outlive this. `columns` are those of the content.
  FilePush(const wave::Wave& wave, const wire::FileOptions& options, std::string_view content,
           wire::FieldColumns columns);

  std::string_view content() const { return content_; }
  const wire::FileOptions& options() const { return options_; }

  // A record that goes to the pusher under the tag that is returned.
  std::uint64_t Remember(std::uint64_t line, std::string_view text);
  struct Unreadable {
    std::uint64_t line;
    std::string_view text, field, reason;
  };
  // A record that the reader refuses; no server sees it.
  void Refuse(const Unreadable& record);
  // What a server answered.
  void Take(const client::PushResult& result);

  // Says the reasons and writes what is to be mended. With `whole` false the file was not sent to
  // its end and will be pushed again: then only if a server refused some of it.
  absl::Status End(bool whole);
  std::uint64_t put_aside() const { return rejected_.count(); }

 private:
  // A record on its way, kept until its result is known.
  struct Pending {
    std::uint64_t line = 0;
    std::string text;
  };
  std::string ReasonOf(const client::PushResult& result, const Pending& record) const;
  std::string Counts() const;

  const wave::Wave& wave_;
  const wire::FileOptions options_;
  const std::string_view content_;
  const wire::FieldColumns columns_;
  RejectedFile rejected_;
  Reasons reasons_;
  Progress progress_;
  std::unordered_map<std::uint64_t, Pending> pending_;  // by tag; looked up only, never walked
  std::uint64_t last_tag_ = 0;
  std::uint64_t last_line_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t without_room_ = 0;
  std::uint64_t not_sent_ = 0;
};

}  // namespace panelpuls::cli
