// Texts that look alike and are not the same: a no-break space behind a code, a letter of another
// script, an accent that stands apart. They are never taken for each other; a message says what
// the difference is.
// Threads  any; pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/characters.h"

namespace panelpuls {

// Whether they are drawn alike but for case: blanks of every kind and number are one, outer ones
// and what shows nothing are none; letters with accents in one character and in two, letters of
// other scripts that have the same form, dashes and quotes are the same.
bool LookAlike(std::string_view a, std::string_view b);

// Texts that are known, and what others look like.
// Threads  const members: any. Views, which outlive it.
// Cost     describing a text does not depend on how many are known.
class LookAlikes {
 public:
  explicit LookAlikes(std::span<const std::string_view> known);

  // How `text` differs from the one that it looks like: "it looks like 'Fyn' but has U+00A0
  // (no-break space)". Empty: it looks like none, or is one.
  std::string Describe(std::string_view text) const;
  // The same; else what it has of scripts that none of them has: "it has U+0424 (Cyrillic)".
  std::string DescribeOrSpell(std::string_view text) const;

 private:
  std::map<std::vector<Character>, std::string_view> by_form_;
  std::set<Character> characters_;  // of them all, beyond Latin
};

// "; it looks like ..." as DescribeOrSpell says it, of a text that is none of few known ones; empty
// where there is nothing to say. For the middle of a message.
std::string LikenessBehind(std::string_view text, std::span<const std::string_view> known);

}  // namespace panelpuls
