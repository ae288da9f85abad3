// Text for readers that take gzip (RFC 1951, 1952), in segments that any number of them share: each
// refers to nothing before it, ends at a byte and is not the last block, so that segments can be
// sent one after the other in one stream. A stream of events is the begin and then segments; a body
// is the begin, one segment and the end. Segments, not gzip members: browsers stop after the first
// member.
// Threads  any.
#pragma once

#include <string>
#include <string_view>

namespace panelpuls::server {

// The ten bytes before the first segment.
std::string_view GzipBegin();
std::string DeflatedSegment(std::string_view text);
// Not compressed: for a few bytes. At most 65,535 of them.
std::string StoredSegment(std::string_view text);
// After the last segment; `text`: what all of them stand for.
std::string GzipEnd(std::string_view text);

}  // namespace panelpuls::server
