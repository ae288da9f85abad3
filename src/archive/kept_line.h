// The line of a directory that `verify` prints and an operator keeps elsewhere: how far the
// journals went then, and a digest of all groups up to there. A journal only grows, so later the
// same groups must give the same digest.
//
//   directory ID positions P0,P1,... sha256 HEX
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/digest.h"
#include "journal/journal.h"

namespace panelpuls::archive {

struct KeptLine {
  std::string directory_id;
  std::vector<journal::Position> positions;  // [partition]
  std::string digest;                        // of the partitions' digests; 64 hex digits
};

std::string ToText(const KeptLine& line);
// The last such line in a text; none: there is none.
std::optional<KeptLine> FindKeptLine(std::string_view text);

// Digest of a partition's groups, one after the other.
class GroupDigest {
 public:
  void Add(const journal::GroupView& group);
  journal::Position position() const { return position_; }
  std::string Hex() const { return digest_.Hex(); }

 private:
  identity::Digest digest_;
  journal::Position position_ = 0;
};

// Of the partitions' digests, in their order.
std::string Combine(const std::vector<std::string>& digests);

}  // namespace panelpuls::archive
