// A definition on its way to a Wave, and where each part of it stands, for messages.
// Internal to the room.
#pragma once

#include <google/protobuf/text_format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/status.h"
#include "panelpuls/v1/wave.pb.h"

namespace panelpuls::wave {

// Where a message of the definition stands. Views outlive it.
class Place {
 public:
  using Tree = google::protobuf::TextFormat::ParseInfoTree;

  // Without a tree `name` alone stands for file and line.
  Place(std::string_view name, const Tree* tree, const google::protobuf::Message& message)
      : Place(name, tree, message.GetDescriptor(), tree == nullptr ? kNoLine : 1) {}

  // The message in a field; index is the place in a repeated one.
  Place In(const char* field, int index = -1) const;

  // "FILE:LINE" of this message, or of a field of it (the message's, when the field is not there).
  std::string Text() const { return Spell(line_); }
  std::string TextOf(const char* field, int index = -1) const {
    return Spell(LineOf(field, index));
  }

  absl::Status Error(std::string_view message) const;
  absl::Status ErrorAt(const char* field, int index, std::string_view message) const;
  absl::Status ErrorAt(const char* field, std::string_view message) const {
    return ErrorAt(field, -1, message);
  }

 private:
  static constexpr int kNoLine = 0;
  Place(std::string_view name, const Tree* tree, const google::protobuf::Descriptor* descriptor,
        int line)
      : name_(name), tree_(tree), descriptor_(descriptor), line_(line) {}
  int LineOf(const char* field, int index) const;
  std::string Spell(int line) const;

  std::string_view name_;
  const Tree* tree_;
  const google::protobuf::Descriptor* descriptor_;
  int line_;
};

struct DefinitionSource {
  std::string name;  // file, or what stands for file and line
  v1::WaveDefinition definition;
  bool has_tree = false;
  google::protobuf::TextFormat::ParseInfoTree tree;
  // [dimension][category] "FILE:LINE" of totals that came from a population file; empty: none did.
  std::vector<std::vector<std::string>> total_places;

  Place Root() const { return Place(name, has_tree ? &tree : nullptr, definition); }
  // Where the total of a category stands.
  std::string TotalPlace(int dimension, int category) const;
};

// Text format into source.definition and source.tree; source.name is set.
absl::Status ParseDefinition(std::string_view text, DefinitionSource& source);

// Every string is UTF-8, also where it was written with escapes.
absl::Status ValidateStrings(const DefinitionSource& source);

// No code or id holds what nobody sees, or a blank other than the usual one.
absl::Status ValidateCharacters(const DefinitionSource& source);
// Of a file: what a journal says already is taken as it is.
absl::Status ValidateZoneName(const DefinitionSource& source);

// Everything docs/DEFINITION.md asks of a definition whose totals are inlined.
absl::Status ValidateDefinition(const DefinitionSource& source);

// "industry", "size" of "industry&size".
std::vector<std::string_view> PartsOfDomain(std::string_view by);

// Parts of it, by concern.
absl::Status ValidateCalendar(const DefinitionSource& source);
absl::Status ValidateChannels(const DefinitionSource& source);
absl::Status ValidateFieldwork(const DefinitionSource& source);
absl::Status ValidateDimensions(const DefinitionSource& source);
absl::Status ValidateTotals(const DefinitionSource& source);
absl::Status ValidateWeighting(const DefinitionSource& source);
absl::Status ValidateCalibration(const DefinitionSource& source);  // a part of it
absl::Status ValidateDesign(const DefinitionSource& source);
absl::Status ValidateQuestions(const DefinitionSource& source);
absl::Status ValidateIndicator(const DefinitionSource& source);
absl::Status ValidateTabulations(const DefinitionSource& source);
absl::Status ValidateComparisons(const DefinitionSource& source);

// What a code may be (docs/DEFINITION.md). `what` names it, such as `channel code`.
absl::Status ValidateCode(const std::string& place, std::string_view what, std::string_view code);

// The same for an id, which may not be a name that files or figures use already.
absl::Status ValidateId(const std::string& place, std::string_view what, std::string_view id);

// The format of a CSV file beside the definition; `place` is the message that holds `format`.
absl::StatusOr<CsvFormat> DeclaredFormat(const v1::CsvFormat& declared, const Place& place);

// Codes of a repeated field, as a message lists them: at most 12, then "...".
template <typename Range, typename Code>
std::string ListCodes(const Range& range, Code code) {
  constexpr int kMostListed = 12;
  std::string list;
  int count = 0;
  for (const auto& item : range) {
    if (count == kMostListed) return list + ", ...";
    if (count++ > 0) list += ", ";
    list += code(item);
  }
  return count == 0 ? "none" : list;
}
template <typename Range>
std::string ListIds(const Range& range) {
  return ListCodes(range, [](const auto& item) { return item.id(); });
}
template <typename Range>
std::string ListOptionCodes(const Range& range) {
  return ListCodes(range, [](const auto& item) { return item.code(); });
}

// Place of the item with that id or code in a repeated field; -1: none.
template <typename Range>
int IndexOfId(const Range& range, std::string_view id) {
  for (int i = 0; i < range.size(); ++i) {
    if (range.Get(i).id() == id) return i;
  }
  return -1;
}
template <typename Range>
int IndexOfCode(const Range& range, std::string_view code) {
  for (int i = 0; i < range.size(); ++i) {
    if (range.Get(i).code() == code) return i;
  }
  return -1;
}

// Margin totals out of the joint table, where the definition gives only that. POSTSTRATIFY only.
void FillMarginsFromJoint(v1::WaveDefinition& definition);

// Turns what is absent into what it means, and drops file names of totals: the canonical form.
// Doing it twice changes nothing.
void FillDefaults(v1::WaveDefinition& definition);

}  // namespace panelpuls::wave
