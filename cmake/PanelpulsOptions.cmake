# Compiler options that every target of ours shares, as the interface target pp_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(pp_options INTERFACE)
# -ffp-contract=off: figures must not depend on whether the target fuses multiply and add.
target_compile_options(pp_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -ffp-contract=off -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_link_options(pp_options INTERFACE -fuse-ld=lld)
  # So that a compiler cache takes a precompiled header for unchanged when its content is.
  target_compile_options(pp_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(PANELPULS_SANITIZE)
  target_compile_options(pp_options INTERFACE -fsanitize=${PANELPULS_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(pp_options INTERFACE -fsanitize=${PANELPULS_SANITIZE})
  target_compile_definitions(pp_options INTERFACE BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
endif()
if(PANELPULS_FUZZ)
  target_compile_options(pp_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
