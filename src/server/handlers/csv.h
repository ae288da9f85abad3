// What the exports share over HTTP: the style asked for, the name of the file.
// Threads  any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "report/snapshot.h"
#include "server/http/http_message.h"

namespace panelpuls::server {

inline constexpr std::string_view kCsvType = "text/csv; charset=utf-8";

// Of the query's `style`: plain (or none) or danish-excel; none: anything else.
std::optional<report::CsvStyle> StyleOf(const RequestHead& head);
Response WrongStyle();

// Value of Content-Disposition: WAVE-WHAT-VERSION.csv.
std::string AttachmentName(const engine::PublishedSnapshot& snapshot, std::string_view what);

}  // namespace panelpuls::server
