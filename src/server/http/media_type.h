// Reading the header fields that choose a representation: media types, Accept, Content-Encoding,
// entity tags, bearer tokens. Pure; any thread.
#pragma once

#include <string_view>

namespace panelpuls::server {

// Equal without regard to the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

enum class MediaType { kNone, kJson, kProtobuf, kOther };
// Of a Content-Type: parameters and case do not matter (RFC 9110, 8.3.1). Empty: kNone.
MediaType ParseMediaType(std::string_view content_type);

// What an Accept field prefers among JSON and protobuf (RFC 9110, 12.5.1): the higher q value, then
// the more specific range, then `fallback`. Where it wants neither, `fallback` too.
MediaType PreferredType(std::string_view accept, MediaType fallback);

enum class ContentCoding { kIdentity, kGzip, kOther };
ContentCoding ParseContentCoding(std::string_view content_encoding);

// Whether an Accept-Encoding field wants gzip at least as much as the text as it is (RFC 9110,
// 12.5.3). Empty: it does not.
bool AcceptsGzip(std::string_view accept_encoding);

// Whether an If-None-Match field lists `etag` (given with its quotes), weakly compared, or is `*`.
bool MatchesEtag(std::string_view if_none_match, std::string_view etag);

// The token of `Authorization: Bearer TOKEN`; empty for anything else.
std::string_view BearerToken(std::string_view authorization);

}  // namespace panelpuls::server
