// The live page's files, built into the binary. No build step: what stands in src/server/page/ is
// what a browser gets.
// Threads  any; the files live as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace panelpuls::server {

struct PageFile {
  std::string_view path;        // "/" for index.html, else "/page/NAME"
  std::string_view media_type;  // with charset
  std::string_view content;
  std::string_view etag;  // quoted, of the content
};

std::span<const PageFile> PageFiles();

}  // namespace panelpuls::server
