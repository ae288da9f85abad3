#include "cli/help.h"

#include <fmt/format.h>

#include <string_view>

namespace panelpuls::cli {
namespace {

// CLI11 joins a value's type and what it is checked for: "UINT:INT in [1 - 256]".
struct ValueForm {
  std::string_view type;
  std::string_view check;
};

ValueForm FormOf(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {name, {}};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

std::string_view Placeholder(const ValueForm& form) {
  if (form.check.starts_with('{')) return form.check;  // the words that may stand there
  if (form.type == "INT" || form.type == "UINT" || form.type == "FLOAT") return "N";
  return form.type;
}

// "1 to 256"
std::string Limits(std::string_view check) {
  if (check == "POSITIVE") return "above 0";
  if (check == "NONNEGATIVE") return "0 or more";
  const std::size_t begin = check.find('[');
  const std::size_t middle = check.find(" - ");
  if (begin == std::string_view::npos || middle == std::string_view::npos) return {};
  return fmt::format("{} to {}", check.substr(begin + 1, middle - begin - 1),
                     check.substr(middle + 3, check.rfind(']') - middle - 3));
}

}  // namespace

HelpFormatter::HelpFormatter() { column_width(34); }

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return {};
  const std::string name = option->get_type_name();
  const std::string_view placeholder = Placeholder(FormOf(name));
  std::string text;
  // Without dashes an argument's name is its placeholder.
  if (option->nonpositional() || placeholder != "TEXT") text = fmt::format(" {}", placeholder);
  if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
  return text;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  std::string notes;
  const auto note = [&notes](const std::string& text) {
    if (!text.empty()) notes += (notes.empty() ? "" : "; ") + text;
  };
  if (option->get_type_size() != 0) {
    const std::string name = option->get_type_name();
    note(option->get_required() ? "needed" : "");
    note(Limits(FormOf(name).check));
    const std::string otherwise = option->get_default_str();
    if (!otherwise.empty()) note("default " + otherwise);
  }
  for (const CLI::Option* other : option->get_needs()) note("with " + other->get_name());
  for (const CLI::Option* other : option->get_excludes()) note("not with " + other->get_name());
  return option->get_description() + (notes.empty() ? "" : " (" + notes + ")");
}

}  // namespace panelpuls::cli
