// How --help prints options: what is written for a value, then what it does, what it may be and
// what it is without the option. Threads  main only.
#pragma once

#include <CLI/CLI.hpp>
#include <CLI/Formatter.hpp>
#include <string>

namespace panelpuls::cli {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace panelpuls::cli
