# cmake -DWORDS=words.json -DFORM=cpp|js -DOUTPUT=... -P Words.cmake
# Writes the catalogue of Danish and English words for who uses them: the page as a module (all but the text report's),
# the report as an enumeration and tables (all but the page's).
cmake_minimum_required(VERSION 3.25)
file(READ ${WORDS} words)

# of: section and key, then da or en
function(cpp_text result)
  string(JSON text GET "${words}" ${ARGN})
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# The rows of a section in `section`_rows, its enumerators in `section`_names.
function(cpp_rows section)
  string(JSON count LENGTH "${words}" ${section})
  math(EXPR last "${count} - 1")
  set(made "")
  set(enumerators "")
  foreach(i RANGE ${last})
    string(JSON key MEMBER "${words}" ${section} ${i})
    cpp_text(da ${section} ${key} da)
    cpp_text(en ${section} ${key} en)
    string(APPEND made "    {\"${key}\", ${da}, ${en}},\n")
    string(SUBSTRING ${key} 0 1 first)
    string(TOUPPER ${first} first)
    string(SUBSTRING ${key} 1 -1 rest)
    string(APPEND enumerators "  k${first}${rest},\n")
  endforeach()
  set(${section}_rows "${made}" PARENT_SCOPE)
  set(${section}_names "${enumerators}" PARENT_SCOPE)
endfunction()

if(FORM STREQUAL "js")
  string(JSON words REMOVE "${words}" text)
  file(WRITE ${OUTPUT} "export default ${words};\n")
  return()
endif()

foreach(section IN ITEMS shared names text flags flags_at flags_bare)
  cpp_rows(${section})
endforeach()
file(WRITE ${OUTPUT} "#pragma once

#include <cstdint>
#include <string_view>

namespace panelpuls::report {

enum class Message : std::uint8_t {
${shared_names}${names_names}${text_names}};

struct Words {
  std::string_view key;
  std::string_view da;
  std::string_view en;
};

inline constexpr Words kMessages[] = {
${shared_rows}${names_rows}${text_rows}};
inline constexpr Words kFlags[] = {
${flags_rows}};
inline constexpr Words kFlagsAt[] = {
${flags_at_rows}};
inline constexpr Words kFlagsBare[] = {
${flags_bare_rows}};

}  // namespace panelpuls::report
")
