// Small texts that people and senders write: times, dates, numbers, formats, and what is shown of
// them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/csv.h"
#include "base/look_alike.h"
#include "base/printable.h"
#include "base/status.h"
#include "base/time_zone.h"

namespace panelpuls {
namespace {

void CheckPrintable(std::string_view text, std::size_t most) {
  const std::string shown = Printable(text, most);
  PP_CHECK(shown.size() <= 8 * most + 3);
  PP_CHECK(IsValidUtf8(shown));
  for (const char byte : shown) PP_CHECK(static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7F);
  if (shown == text) return;
  PP_CHECK(Printable(shown, shown.size()) == shown);
}

void CheckTimes(const std::string& text) {
  static const TimeZone kZone = TimeZone::Load("Europe/Copenhagen").value();
  if (const auto time = ParseTime(text); time.ok()) {
    PP_CHECK(*time >= kLeastTime && *time <= kMostTime);
    PP_CHECK(ParseTime(FormatUtc(*time)).value() == *time);
    PP_CHECK(kZone.HourStart(*time) <= *time);
  }
  if (const auto date = ParseDate(text); date.ok()) PP_CHECK(FormatDate(*date) == text);
  const std::size_t middle = text.size() / 2;
  (void)kZone.Parse(text.substr(0, middle), text.substr(middle));
}

// What a message says of a text beside its likes, and what a spreadsheet is given of it.
void CheckShownOtherwise(std::string_view text) {
  const std::size_t middle = text.size() / 2;
  const std::string_view known[] = {text.substr(middle), "Fyn", "10-49"};
  const std::string likeness = LookAlikes(known).DescribeOrSpell(text.substr(0, middle));
  PP_CHECK(IsValidUtf8(likeness));
  PP_CHECK(Printable(likeness, likeness.size()) == likeness);
  PP_CHECK(LookAlike(text, text));
  (void)ChangesInSpreadsheet(text);
  if (!IsValidUtf8(text) || text.find_first_not_of(' ') == std::string_view::npos) return;
  const std::string row = "column\n" + QuoteCsv(TextFormula(text));
  CsvReader reader(row, {.text_formulas = true}, "file");
  std::vector<std::string_view> fields;
  PP_CHECK(reader.Next(fields) && reader.Next(fields));
  PP_CHECK(fields.front() == text);
}

void CheckText(std::string_view text) {
  if (text.empty()) return;
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  CheckPrintable(text, first);
  CheckTimes(std::string(text));
  CheckShownOtherwise(text);
  const std::string all(text);
  (void)MakeCsvFormat({.separator = all.substr(0, first % 4),
                       .decimal_comma = (first & 16) != 0,
                       .thousands = all.substr(0, first / 4 % 4),
                       .encoding = {}});
  CsvReader reader(text, {.separator = (first & 1) != 0 ? ';' : ','}, "file");
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) PP_CHECK(!fields.empty());
  PP_CHECK(reader.error().message().size() < 5000);
}

}  // namespace
}  // namespace panelpuls

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  panelpuls::CheckText({reinterpret_cast<const char*>(data), size});
  return 0;
}
