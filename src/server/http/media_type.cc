#include "server/http/media_type.h"
#include "base/characters.h"
#include "base/status.h"

#include <absl/strings/match.h>

#include <absl/strings/ascii.h>

#include <charconv>
#include <cstddef>

namespace panelpuls::server {
namespace {

// Takes the part before `separator` off the front of `rest`; separators in quoted strings do not
// count.
std::string_view TakePart(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    const char c = rest[end];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && end + 1 < rest.size()) {
      ++end;
    } else if (!quoted && c == separator) {
      break;
    }
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end < rest.size() ? end + 1 : end);
  return StripWhitespace(part);
}

bool IsProtobuf(std::string_view type) {
  return EqualsIgnoringCase(type, "application/x-protobuf") ||
         EqualsIgnoringCase(type, "application/protobuf");
}

bool IsJson(std::string_view type) { return EqualsIgnoringCase(type, "application/json"); }

struct Preference {
  double quality = -1;  // no range spoke of it
  int specificity = 0;
  void Offer(double offered, int how_specific) {
    // The most specific range decides, whatever its q value.
    if (quality < 0 || how_specific > specificity) {
      quality = offered;
      specificity = how_specific;
    }
  }
};

double QualityOf(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = TakePart(parameters, ';');
    if (parameter.size() > 2 &&
        absl::ascii_tolower(static_cast<unsigned char>(parameter[0])) == 'q' &&
        parameter[1] == '=') {
      double quality = 1;
      const char* begin = parameter.data() + 2;
      const auto [end, error] =
          std::from_chars(begin, parameter.data() + parameter.size(), quality);
      const bool usable = error == std::errc{} && end != begin && quality >= 0 && quality <= 1;
      return usable ? quality : 0;
    }
  }
  return 1;
}

// visit(what, quality) for each range of a field that says what is wanted (RFC 9110, 12.4).
template <typename Visit>
void ForRanges(std::string_view field, Visit visit) {
  while (!field.empty()) {
    std::string_view parameters = TakePart(field, ',');
    const std::string_view what = TakePart(parameters, ';');
    visit(what, QualityOf(parameters));
  }
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(ToAbsl(a), ToAbsl(b));
}

MediaType ParseMediaType(std::string_view content_type) {
  const std::string_view type = TakePart(content_type, ';');
  if (type.empty()) return MediaType::kNone;
  if (IsJson(type)) return MediaType::kJson;
  if (IsProtobuf(type)) return MediaType::kProtobuf;
  return MediaType::kOther;
}

MediaType PreferredType(std::string_view accept, MediaType fallback) {
  Preference json;
  Preference protobuf;
  ForRanges(accept, [&](std::string_view type, double quality) {
    if (type == "*/*") {
      json.Offer(quality, 1);
      protobuf.Offer(quality, 1);
    } else if (EqualsIgnoringCase(type, "application/*")) {
      json.Offer(quality, 2);
      protobuf.Offer(quality, 2);
    } else if (IsJson(type)) {
      json.Offer(quality, 3);
    } else if (IsProtobuf(type)) {
      protobuf.Offer(quality, 3);
    }
  });
  if (json.quality <= 0 && protobuf.quality <= 0) return fallback;
  if (json.quality > protobuf.quality) return MediaType::kJson;
  if (protobuf.quality > json.quality) return MediaType::kProtobuf;
  if (json.specificity > protobuf.specificity) return MediaType::kJson;
  if (protobuf.specificity > json.specificity) return MediaType::kProtobuf;
  return fallback;
}

ContentCoding ParseContentCoding(std::string_view content_encoding) {
  const std::string_view coding = StripWhitespace(content_encoding);
  if (coding.empty() || EqualsIgnoringCase(coding, "identity")) return ContentCoding::kIdentity;
  if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip")) {
    return ContentCoding::kGzip;
  }
  return ContentCoding::kOther;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  Preference gzip;
  Preference identity;
  ForRanges(accept_encoding, [&](std::string_view coding, double quality) {
    if (coding == "*") {
      gzip.Offer(quality, 1);
    } else if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip")) {
      gzip.Offer(quality, 2);
    } else if (EqualsIgnoringCase(coding, "identity")) {
      identity.Offer(quality, 2);
    }
  });
  return gzip.quality > 0 && gzip.quality >= identity.quality;
}

bool MatchesEtag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view tag = TakePart(if_none_match, ',');
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

std::string_view BearerToken(std::string_view authorization) {
  authorization = StripWhitespace(authorization);
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() ||
      !EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  return StripWhitespace(authorization.substr(kScheme.size()));
}

}  // namespace panelpuls::server
