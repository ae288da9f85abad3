# cmake -DFILES=.../a.html;.../b.css -DOUTPUT=page.cc -P EmbedFiles.cmake
# Writes the definition of PageFiles() (src/server/page/page.h) with each file as an array of bytes.
set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")

set(arrays "")
set(rows "")
set(number 0)
foreach(path IN LISTS FILES)
  file(READ ${path} bytes HEX)
  file(SHA256 ${path} hash)
  get_filename_component(file ${path} NAME)
  string(SUBSTRING ${hash} 0 16 hash)
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  get_filename_component(ending ${file} LAST_EXT)
  string(SUBSTRING ${ending} 1 -1 ending)
  set(path "/page/${file}")
  if(file STREQUAL "index.html")
    set(path "/")
  endif()
  string(APPEND arrays "constexpr char kFile${number}[] = {${bytes}'\\0'};\n")
  string(APPEND rows
    "    {\"${path}\", \"${types_${ending}}\", {kFile${number}, ${length}}, \"\\\"${hash}\\\"\"},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"server/page/page.h\"

namespace panelpuls::server {
namespace {
${arrays}
constexpr PageFile kFiles[] = {
${rows}};
}  // namespace

std::span<const PageFile> PageFiles() { return kFiles; }

}  // namespace panelpuls::server
")
