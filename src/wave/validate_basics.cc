// Codes, calendar, channels, and what describes the fieldwork.
#include <set>

#include "base/printable.h"
#include "base/time_zone.h"
#include "wave/definition_source.h"
#include "wave/wave.h"

namespace panelpuls::wave {
namespace {

constexpr std::size_t kMaxCodeBytes = 255;
constexpr int kMaxChannels = 250;
// Sums of d^2 have room for that many respondents at the largest base weight (METHOD M9).
constexpr std::uint32_t kMaxRespondents = 1u << 27;

// Length of the control character at the begin of valid UTF-8, 0 when it is another one.
std::size_t ControlLength(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return 1;
  // U+0080 to U+009F
  if (first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;
  return 0;
}

bool HasOuterBlank(std::string_view code) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  return code.starts_with(' ') || code.ends_with(' ') || code.starts_with(kNoBreakSpace) ||
         code.ends_with(kNoBreakSpace);
}

absl::Status ValidateLanguages(const v1::WaveDefinition& definition, const Place& root) {
  std::set<std::string> seen;
  for (int i = 0; i < definition.languages_size(); ++i) {
    const std::string& language = definition.languages(i);
    if (language != "da" && language != "en") {
      return root.ErrorAt(
          "languages", i,
          fmt::format("language \"{}\" is unknown; write \"da\" or \"en\"", Printable(language)));
    }
    if (!seen.insert(language).second) {
      return root.ErrorAt("languages", i,
                          fmt::format("language \"{}\" is listed twice; remove one", language));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidatePrecedence(const v1::WaveDefinition& definition, const Place& root) {
  std::set<Disposition> seen;
  for (int i = 0; i < definition.disposition_precedence_size(); ++i) {
    const std::string& code = definition.disposition_precedence(i);
    const Disposition disposition = ParseDisposition(code);
    if (disposition == Disposition::kNone) {
      std::string known;
      for (int number = 1; number < kDispositionCount; ++number) {
        known += number == 1 ? "" : ", ";
        known += DispositionCode(static_cast<Disposition>(number));
      }
      return root.ErrorAt(
          "disposition_precedence", i,
          fmt::format("\"{}\" is no disposition; known: {}", Printable(code), known));
    }
    if (!seen.insert(disposition).second) {
      return root.ErrorAt("disposition_precedence", i,
                          fmt::format("disposition {} is listed twice; remove one", code));
    }
  }
  return absl::OkStatus();
}

// The last point of a channel's planned curve.
struct LastArrival {
  LocalDate date = kNoDate;
  double share = 0;
};

absl::Status ValidateArrivals(const v1::WaveDefinition& definition, const Place& root) {
  std::map<std::string, LastArrival> last;
  for (int i = 0; i < definition.planned_arrivals_size(); ++i) {
    const v1::PlannedArrival& arrival = definition.planned_arrivals(i);
    const Place place = root.In("planned_arrivals", i);
    const absl::StatusOr<LocalDate> date = ParseDate(arrival.date());
    if (!date.ok()) return place.ErrorAt("date", ToStd(date.status().message()));
    if (arrival.date() < definition.fieldwork_start() ||
        arrival.date() > definition.fieldwork_end()) {
      return place.ErrorAt("date", fmt::format("planned arrival {} is outside the fieldwork {} to "
                                               "{}; correct the date",
                                               arrival.date(), definition.fieldwork_start(),
                                               definition.fieldwork_end()));
    }
    if (!arrival.channel().empty() && IndexOfCode(definition.channels(), arrival.channel()) < 0) {
      return place.ErrorAt("channel",
                           fmt::format("channel \"{}\" is unknown; known: {}", arrival.channel(),
                                       ListOptionCodes(definition.channels())));
    }
    if (!(arrival.share() >= 0 && arrival.share() <= 1)) {
      return place.ErrorAt("share", fmt::format("planned share {} is not between 0 and 1; write a "
                                                "share, such as 0.3",
                                                arrival.share()));
    }
    LastArrival& before = last[arrival.channel()];
    if (before.date != kNoDate && *date <= before.date) {
      return place.ErrorAt("date", fmt::format("planned arrival {} does not follow {}; put the "
                                               "dates in order, each once",
                                               arrival.date(), FormatDate(before.date)));
    }
    if (arrival.share() < before.share) {
      return place.ErrorAt("share",
                           fmt::format("planned share {} is less than {} on {}; shares "
                                       "are cumulative and do not fall",
                                       arrival.share(), before.share, FormatDate(before.date)));
    }
    before = {*date, arrival.share()};
  }
  return absl::OkStatus();
}

absl::Status ValidateReporting(const v1::WaveDefinition& definition, const Place& root) {
  const v1::Reporting& reporting = definition.reporting();
  const Place place = root.In("reporting");
  const double level = reporting.confidence_level();
  if (level != 0 && !(level >= 0.5 && level < 1)) {
    return place.ErrorAt("confidence_level",
                         fmt::format("confidence_level {} is not in 0.5 to below 1; write a share, "
                                     "such as 0.95",
                                     level));
  }
  const double minimum = reporting.minimum_n_effective();
  if (!(minimum >= 0 && minimum <= kMaxRespondents)) {
    return place.ErrorAt("minimum_n_effective",
                         fmt::format("minimum_n_effective {} is no number of respondents; write "
                                     "one such as 30",
                                     minimum));
  }
  const bool has_totals =
      definition.weighting().method() != v1::Weighting::NONE && definition.dimensions_size() > 0;
  if (reporting.response_fpc() && !has_totals) {
    return place.ErrorAt("response_fpc",
                         "response_fpc needs weights that add up to population totals; remove it, "
                         "or weight by dimensions with totals");
  }
  return absl::OkStatus();
}

absl::Status ValidateFrame(const v1::WaveDefinition& definition, const Place& root) {
  if (!definition.has_sample_frame()) return absl::OkStatus();
  const Place place = root.In("sample_frame");
  if (definition.sample_frame().file().empty()) {
    return place.Error("sample_frame names no file; add file: \"frame.csv\" or remove it");
  }
  return DeclaredFormat(definition.sample_frame().format(), place).status();
}

}  // namespace

absl::Status ValidateCode(const std::string& place, std::string_view what, std::string_view code) {
  if (code.empty()) return InvalidArgument("{}: a {} is empty; write one", place, what);
  const std::size_t bad = code.find_first_of("=&/|,");
  if (bad != std::string_view::npos) {
    return InvalidArgument("{}: {} \"{}\" holds '{}'; codes go without = & / | and comma", place,
                           what, Printable(code), code[bad]);
  }
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (ControlLength(code.substr(i)) > 0) {
      return InvalidArgument("{}: {} \"{}\" holds a control character; remove it", place, what,
                             Printable(code));
    }
  }
  if (HasOuterBlank(code)) {
    return InvalidArgument("{}: {} \"{}\" begins or ends with a blank; remove it", place, what,
                           Printable(code));
  }
  if (code.size() > kMaxCodeBytes) {
    return InvalidArgument("{}: {} \"{}\" has {} bytes; codes have at most {}", place, what,
                           Printable(code), code.size(), kMaxCodeBytes);
  }
  return absl::OkStatus();
}

absl::Status ValidateCalendar(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  PP_RETURN_IF_ERROR(ValidateCode(root.TextOf("id"), "wave id", definition.id()));
  for (const char* field : {"fieldwork_start", "fieldwork_end"}) {
    const bool start = std::string_view(field) == "fieldwork_start";
    const std::string& text = start ? definition.fieldwork_start() : definition.fieldwork_end();
    if (text.empty()) {
      return root.ErrorAt(field, fmt::format("{0} is missing; add {0}: \"2025-09-01\"", field));
    }
    const absl::StatusOr<LocalDate> date = ParseDate(text);
    if (!date.ok()) {
      return root.ErrorAt(field, fmt::format("{}: {}", field, ToStd(date.status().message())));
    }
  }
  if (definition.fieldwork_end() < definition.fieldwork_start()) {
    return root.ErrorAt("fieldwork_end",
                        fmt::format("the fieldwork ends on {}, before it starts on {}; correct one",
                                    definition.fieldwork_end(), definition.fieldwork_start()));
  }
  if (!definition.time_zone().empty()) {
    const absl::StatusOr<TimeZone> zone = TimeZone::Load(definition.time_zone());
    if (!zone.ok()) {
      const absl::Status error = root.ErrorAt("time_zone", ToStd(zone.status().message()));
      // The machine's fault is none of the definition's.
      return absl::IsFailedPrecondition(zone.status())
                 ? FailedPrecondition("{}", ToStd(error.message()))
                 : error;
    }
  }
  return ValidateLanguages(definition, root);
}

namespace {

// What TimeZone::Load takes besides IANA's names: the machine's own zone, which is another one
// elsewhere, paths, and folders of the zone files. OK: name is none of these.
absl::Status CheckZoneName(std::string_view name) {
  if (name == "localtime" || name == "posixrules" || name.starts_with("libc:") ||
      name.starts_with("/etc/")) {
    return InvalidArgument(
        "time zone \"{}\" is the machine's own, so days would begin at another hour elsewhere; "
        "write an IANA name such as Europe/Copenhagen",
        Printable(name));
  }
  const auto begins = [&](std::string_view with) { return name.starts_with(with); };
  const bool is_path =
      begins("/") || begins(".") || begins("file:") || name.find("..") != name.npos;
  if (is_path || begins("posix/") || begins("right/") || begins("Fixed/") || name == "Factory") {
    return InvalidArgument(
        "time zone \"{}\" is no IANA name; write one such as Europe/Copenhagen, or UTC",
        Printable(name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateZoneName(const DefinitionSource& source) {
  const absl::Status status = CheckZoneName(source.definition.time_zone());
  if (status.ok()) return status;
  return source.Root().ErrorAt("time_zone", ToStd(status.message()));
}

absl::Status ValidateChannels(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  if (definition.channels_size() == 0) {
    return root.Error("no channel is defined; add channels { code: \"web\" }");
  }
  if (definition.channels_size() > kMaxChannels) {
    return root.ErrorAt("channels", kMaxChannels,
                        fmt::format("{} channels; at most {} have room, remove some",
                                    definition.channels_size(), kMaxChannels));
  }
  for (int i = 0; i < definition.channels_size(); ++i) {
    const std::string& code = definition.channels(i).code();
    const Place place = root.In("channels", i);
    PP_RETURN_IF_ERROR(ValidateCode(place.TextOf("code"), "channel code", code));
    if (IndexOfCode(definition.channels(), code) != i) {
      return place.ErrorAt(
          "code", fmt::format("channel \"{}\" is defined twice; rename or remove one", code));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateFieldwork(const DefinitionSource& source) {
  const v1::WaveDefinition& definition = source.definition;
  const Place root = source.Root();
  if (definition.max_respondents() == 0 && !definition.has_sample_frame()) {
    return root.ErrorAt("max_respondents",
                        "max_respondents is missing and there is no sample frame; memory is fixed "
                        "at start, add max_respondents: 20000");
  }
  if (definition.max_respondents() > kMaxRespondents) {
    return root.ErrorAt("max_respondents",
                        fmt::format("max_respondents {} is more than {}, for which sums of squared "
                                    "base weights have room; lower it",
                                    definition.max_respondents(), kMaxRespondents));
  }
  PP_RETURN_IF_ERROR(ValidateFrame(definition, root));
  PP_RETURN_IF_ERROR(ValidatePrecedence(definition, root));
  PP_RETURN_IF_ERROR(ValidateArrivals(definition, root));
  return ValidateReporting(definition, root);
}

}  // namespace panelpuls::wave
