#!/bin/sh
# Installs what embedders get, looks that it is no more, and builds examples/embed.cc against it in each way.
#   install_test.sh SOURCE BUILD COMPILER
set -eu
source_dir=$1 build_dir=$2 compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly() { "$@" > "$work/log" 2>&1 || { cat "$work/log"; echo "failed: $*"; exit 1; }; }
quietly cmake --install "$build_dir" --component embed --prefix "$work/prefix"

headers=$(cd "$work/prefix/include" && find . -type f | sort | tr '\n' ' ')
if [ "$headers" != "./panelpuls/panelpuls.h ./panelpuls/panelpuls_c.h " ]; then
  echo "public headers: $headers"
  exit 1
fi
libraries=$(dirname "$(find "$work/prefix" -name libpanelpuls.a)")
shared=$libraries/libpanelpuls.so
leaked=$(nm -D --defined-only "$shared" | awk '{ print $3 }' | grep -v -e '^panelpuls_' -e '^_ZNK\?9panelpuls4abi0' || true)
if [ -n "$leaked" ] || nm -D --defined-only "$shared" | grep -q 4Wave4Impl; then
  echo "the shared library shows more than the door: $leaked"
  exit 1
fi

# The headers stand alone, in the oldest language that they promise.
echo '#include <panelpuls/panelpuls_c.h>' > "$work/c.c"
quietly "${CC:-cc}" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$work/prefix/include" "$work/c.c"
strict="-std=c++17 -Wall -Wextra -Wpedantic -Werror"

# Four firms with scores 50, 0, 100 and -50; the second time each is a correction of the first.
runs() {
  for run in 1 2; do
    output=$("$1" "$source_dir/waves/cases.textproto" "$work/data-$2") || true
    if [ "$output" != "4 respondents, indicator +25.0" ]; then
      echo "$2: run $run printed: $output"
      exit 1
    fi
  done
}

mkdir "$work/project"
cp "$source_dir/examples/embed.cc" "$work/project/"
cat > "$work/project/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.25)
project(embed LANGUAGES CXX)
if(EMBED_STATIC)
  find_package(panelpuls 0.1 REQUIRED COMPONENTS static)
  set(library panelpuls::panelpuls_static)
else()
  find_package(panelpuls 0.1 REQUIRED)
  set(library panelpuls::panelpuls)
endif()
add_executable(embed embed.cc)
target_link_libraries(embed PRIVATE ${library})
PROJECT
for static in OFF ON; do
  quietly cmake -S "$work/project" -B "$work/cmake-$static" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_PREFIX_PATH="$work/prefix" -DEMBED_STATIC=$static
  quietly cmake --build "$work/cmake-$static"
  runs "$work/cmake-$static/embed" "cmake-$static"
done

PKG_CONFIG_PATH=$libraries/pkgconfig
export PKG_CONFIG_PATH
for package in panelpuls panelpuls-static; do
  flags=$(pkg-config --cflags --libs "$package")
  # shellcheck disable=SC2086
  quietly "$compiler" $strict "$source_dir/examples/embed.cc" -o "$work/$package" $flags -Wl,-rpath,"$libraries"
  runs "$work/$package" "$package"
done
if readelf -d "$work/panelpuls-static" | grep -q libpanelpuls; then
  echo "panelpuls-static links the shared library"
  exit 1
fi
echo "built against the installed tree in four ways: $output"
