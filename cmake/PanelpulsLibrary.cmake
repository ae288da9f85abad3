# pp_library(NAME HDRS a.h ... SRCS a.cc ... DEPS pp::wave ... [PRIVATE_DEPS ...] [PCH <a.h> ...])
# One static library a room, alias pp::NAME. Headers are included as "NAME/a.h". Nothing of a room is installed: who
# embeds has the two libraries of src/embed.
# PCH names the heavy headers of a room that has its own, such as Asio.
#
# The headers that nearly every file reads (status, fmt, containers) are parsed once, as a precompiled header.

# What libpanelpuls.a holds, and what of others it needs.
set(PANELPULS_CORE_ROOMS base wave identity wire journal state estimate snapshot archive engine embed)
set(PANELPULS_STATIC_DEPENDENCIES Threads::Threads absl::status absl::statusor absl::strings absl::time
  absl::flat_hash_map absl::flat_hash_set protobuf::libprotobuf OpenSSL::Crypto fmt::fmt PkgConfig::ISAL
  PkgConfig::SIMDJSON)

# pp_precompiled(NAME [PROGRAM] HEADERS ... LINK ...): a target whose precompiled header others reuse; PROGRAM when
# those are programs, since their code is position independent in another way than a library's.
function(pp_precompiled name)
  if(NOT PANELPULS_PCH)
    return()
  endif()
  cmake_parse_arguments(arg "PROGRAM" "" "HEADERS;LINK" ${ARGN})
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc CONTENT "int main() { return 0; }\n")
  if(arg_PROGRAM)
    add_executable(${name} ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  else()
    add_library(${name} STATIC ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  endif()
  target_link_libraries(${name} PRIVATE pp_options ${arg_LINK})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# pp_reuse(TARGET NAME): TARGET reads the precompiled header of NAME.
function(pp_reuse target name)
  if(PANELPULS_PCH)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

pp_precompiled(pp_pch_library
  HEADERS <absl/status/statusor.h> <absl/strings/string_view.h> <absl/time/time.h> <fmt/format.h> <algorithm>
    <functional> <map> <memory> <optional> <span> <string> <unordered_map> <vector>
  LINK absl::statusor absl::time fmt::fmt)

# pp_unity(TARGET): several files of TARGET are compiled as one, since most of the time goes into headers. Names of
# their unnamed namespaces must differ; presets without PANELPULS_UNITY show that each file stands alone.
function(pp_unity target)
  if(PANELPULS_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${PANELPULS_UNITY})
  endif()
endfunction()

function(pp_library name)
  cmake_parse_arguments(arg "" "" "HDRS;SRCS;DEPS;PRIVATE_DEPS;PCH" ${ARGN})
  add_library(pp_${name} STATIC ${arg_SRCS})
  add_library(pp::${name} ALIAS pp_${name})
  target_sources(pp_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${arg_HDRS})
  target_link_libraries(pp_${name} PUBLIC ${arg_DEPS} PRIVATE $<BUILD_INTERFACE:pp_options> ${arg_PRIVATE_DEPS})
  target_compile_features(pp_${name} PUBLIC cxx_std_20)
  pp_unity(pp_${name})
  if(arg_PCH AND PANELPULS_PCH)
    target_precompile_headers(pp_${name} PRIVATE ${arg_PCH})
  else()
    pp_reuse(pp_${name} pp_pch_library)
  endif()
endfunction()

# pp_test(NAME SRCS a_test.cc ... DEPS pp::wave ...): a GoogleTest program; each TEST is a CTest case.
function(pp_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SRCS})
  pp_reuse(${name} pp_pch_test)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${arg_DEPS} pp_options GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE PANELPULS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()
