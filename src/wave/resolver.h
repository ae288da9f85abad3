// Resolving: from codes to a record of fixed layout under one definition, with full validation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "wave/record.h"
#include "wave/response.h"
#include "wave/wave.h"

namespace panelpuls::wave {

// Why a record was refused. field as in the wire schema, such as answers[0].options[0].
struct Rejection {
  std::string field;
  std::string reason;  // for the sender, who may see what it sent
  // The same as a list may keep it that others read: of what the sender wrote no more than a
  // Glimpse, since an id may stand in a wrong field. Empty: as reason.
  std::string kept = {};
};

// Of collected_at.
inline constexpr const char* kReasonNoTime =
    "is missing; send when it was answered, such as 2025-10-07T10:00:00Z";

// Of an event's at.
inline constexpr const char* kReasonNoEventTime =
    "is missing; send when it happened, such as 2025-10-07T10:00:00Z";
// Times more than that before the fieldwork's first day or behind its last are out of reason. An
// event is refused for one, since events have no marks: it would beat all others of its channel.
inline constexpr LocalDate kDaysOfReason = 366;

struct ResolveOptions {
  bool require_collected_at = true;  // a server; offline an absent time sorts lowest
};

// Threads  one at a time; each io thread owns one. Keeps the wave alive.
class Resolver {
 public:
  Resolver(std::shared_ptr<const Wave> wave, ResolveOptions options);
  ~Resolver();
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;

  // Writes a record of wave.layout.size bytes: header without pseudonym and mark, and content.
  // Rules of docs/PROTOCOL.md: id 1-64 bytes of UTF-8, known channel, known options, at most
  // max_choices, no exclusive option with others, no question or category twice, every category
  // unless there is a frame, base weight only where declared and in range.
  // False: refused, *rejection filled, record bytes undefined.
  bool Resolve(const RawResponse& response, std::span<std::byte> record, Rejection* rejection);

  // Same for a case event; pseudonym left empty.
  bool Resolve(const RawCaseEvent& event, CaseEventRecord* record, Rejection* rejection);

  // Answers to questions the definition does not list, since this was made: ignored and counted.
  std::uint64_t ignored_questions() const;
  // Glimpses of the ignored questions' codes, at most 100, in order of first appearance.
  std::span<const std::string> ignored_question_codes() const;

  const Wave& wave() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panelpuls::wave
