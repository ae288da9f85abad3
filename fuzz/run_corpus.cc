// Stands in for libFuzzer where there is none: each file of the folders and a number of mutations
// of it, the same in every run, so that a target neither rots nor fails unseen between its long
// runs. usage: NAME_fuzz FOLDER...
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 20;

void Run(const std::string& input) {
  // In memory of its own size, so that a sanitizer sees what reads beyond it.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string Mutated(std::string input, std::mt19937_64& random) {
  for (auto steps = 1 + random() % 4; steps > 0; --steps) {
    const std::size_t at = random() % (input.size() + 1);
    switch (random() % 3) {
      case 0:
        input.insert(at, 1, static_cast<char>(random()));
        break;
      case 1:
        input.erase(at, 1 + random() % 4);
        break;
      default:
        if (at < input.size()) input[at] = static_cast<char>(random());
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : std::filesystem::directory_iterator(argv[i])) {
      files.push_back(file.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "no inputs: give folders that hold some\n");
    return 1;
  }
  std::mt19937_64 random(1);
  Run("");
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string input(std::istreambuf_iterator<char>(file), {});
    Run(input);
    for (int i = 0; i < kMutations; ++i) Run(Mutated(input, random));
  }
  std::printf("%zu inputs, %d mutations each\n", files.size(), kMutations);
}
