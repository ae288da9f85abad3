#!/bin/sh
# Installs the tree, builds examples/embed.cc against what was installed, runs it twice.
#   install_test.sh SOURCE BUILD COMPILER
set -eu
source_dir=$1 build_dir=$2 compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build_dir" --prefix "$work/prefix" > "$work/install.log" || { cat "$work/install.log"; exit 1; }

mkdir "$work/project"
cp "$source_dir/examples/embed.cc" "$work/project/"
cat > "$work/project/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.25)
project(embed LANGUAGES CXX)
find_package(panelpuls REQUIRED)
add_executable(embed embed.cc)
target_link_libraries(embed PRIVATE panelpuls::engine)
PROJECT
cmake -S "$work/project" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$work/prefix" > "$work/configure.log" 2>&1 || { cat "$work/configure.log"; exit 1; }
cmake --build "$work/build" > "$work/build.log" || { cat "$work/build.log"; exit 1; }

# Four firms with scores 50, 0, 100 and -50; the second time each is a correction of the first.
for run in 1 2; do
  output=$("$work/build/embed" "$source_dir/waves/cases.textproto" "$work/data")
  if [ "$output" != "4 respondents, indicator +25.0" ]; then
    echo "run $run printed: $output"
    exit 1
  fi
done
echo "built against the installed tree: $output"
