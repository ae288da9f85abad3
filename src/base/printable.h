// Text of strangers as a terminal, a log or a message may show it: on one line, in reading order,
// cut. Threads  any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace panelpuls {

// What a message quotes of a sender's text at most, in bytes of that text.
inline constexpr std::size_t kMostQuotedBytes = 64;
// The same where the text may be personal data in a wrong field: enough to find the record by.
inline constexpr std::size_t kMostQuotedOfSender = 32;
// What a line of a log or of a command shows at most.
inline constexpr std::size_t kMostLineBytes = 1000;

// Bytes that are not UTF-8 and control characters (C0, DEL) as \xNN; C1 controls, line separators,
// blanks other than the usual one and characters that show nothing, hide or reorder what stands
// beside them as \u{NNNN}. Cut behind max_bytes
// of `text` (then it ends in "..."). What it gives it leaves as it is when it is called again.
std::string Printable(std::string_view text, std::size_t max_bytes = kMostQuotedBytes);

// The same of a text that may be personal data in a wrong field, as lists keep it that others read:
// the first 8 characters and the number of bytes, or the whole where it is no longer than that.
std::string Glimpse(std::string_view text);

}  // namespace panelpuls
