// Small texts that people and senders write: times, dates, numbers, formats, and what is shown of
// them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/csv.h"
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

void CheckText(std::string_view text) {
  if (text.empty()) return;
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  CheckPrintable(text, first);
  CheckTimes(std::string(text));
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
