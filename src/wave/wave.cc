#include "wave/wave.h"

#include <absl/strings/ascii.h>

#include <algorithm>

namespace panelpuls::wave {
namespace {

constexpr std::array<std::string_view, kDispositionCount> kDispositionCodes = {
    "none",    "invited",    "delivered", "undeliverable", "non_contact",
    "refusal", "ineligible", "other",     "partial",       "complete"};

char ToLower(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

template <typename Items, typename Key>
int Find(const Items& items, Key key, std::string_view wanted) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (key(items[i]) == wanted) return static_cast<int>(i);
  }
  return kNone;
}

bool Same(const Variable& a, const Variable& b) {
  return a.kind == b.kind && (a.kind != VariableKind::kQuestion || a.question == b.question);
}

}  // namespace

std::string_view DispositionCode(Disposition disposition) {
  const auto number = static_cast<std::size_t>(disposition);
  return kDispositionCodes[number < kDispositionCodes.size() ? number : 0];
}

Disposition ParseDisposition(std::string_view code) {
  for (std::size_t i = 1; i < kDispositionCodes.size(); ++i) {
    if (EqualsIgnoringCase(code, kDispositionCodes[i])) return static_cast<Disposition>(i);
  }
  return Disposition::kNone;
}

int Wave::FindChannel(std::string_view code) const {
  return Find(
      channels, [](const Channel& channel) { return std::string_view(channel.code); }, code);
}

int Wave::FindDimension(std::string_view dimension_id) const {
  return Find(
      dimensions, [](const Dimension& dimension) { return std::string_view(dimension.id); },
      dimension_id);
}

int Wave::FindQuestion(std::string_view question_id) const {
  return Find(
      questions, [](const Question& question) { return std::string_view(question.id); },
      question_id);
}

int Wave::FindCategory(const Dimension& dimension, std::string_view code) {
  return Find(
      dimension.categories,
      [](const Category& category) { return std::string_view(category.code); }, code);
}

int Wave::FindOption(const Question& question, std::string_view code) {
  return Find(
      question.options, [](const Option& option) { return std::string_view(option.code); }, code);
}

int Wave::FindTable(const Variable& row, const Variable& column) const {
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (tables[t].pairs) continue;
    if (Same(tables[t].row, row) && Same(tables[t].column, column)) return static_cast<int>(t);
  }
  return kNone;
}

int Wave::FindPairTable(int question) const {
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (tables[t].pairs && tables[t].row.question == question) return static_cast<int>(t);
  }
  return kNone;
}

}  // namespace panelpuls::wave
