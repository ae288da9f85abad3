#include "wire/columns.h"

#include <algorithm>

namespace panelpuls::wire {
namespace {

absl::Status CheckCodebook(const CsvReader& reader, const std::vector<std::string>& names,
                           const Codebook& codebook, const std::vector<std::string>& known_ids) {
  const auto is_known = [&](const std::string& id) {
    return std::find(known_ids.begin(), known_ids.end(), id) != known_ids.end();
  };
  const auto unknown = [&](const std::string& id) {
    return reader.ErrorHere(
        fmt::format("the codebook has a rule for \"{}\", which is no id here; known: {}", id,
                    JoinIds(known_ids)));
  };
  for (const auto& [id, name] : codebook.columns) {
    if (!is_known(id)) return unknown(id);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return reader.ErrorHere(fmt::format(
          "column \"{}\", which the codebook names for {}, is missing; the file has: {}", name, id,
          JoinIds(names)));
    }
  }
  for (const auto& [id, values] : codebook.values) {
    if (!is_known(id)) return unknown(id);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Columns> Columns::Read(CsvReader& reader, const FileOptions& options,
                                      const std::vector<std::string>& known_ids) {
  std::vector<std::string_view> header;
  if (!reader.Next(header)) {
    PP_RETURN_IF_ERROR(reader.error());
    return InvalidArgument("{}:1: the file is empty; its first line must name the columns",
                           options.file_name);
  }
  Columns columns;
  columns.codebook_ = &options.codebook;
  columns.names_.assign(header.begin(), header.end());
  for (std::size_t i = 0; i < columns.names_.size(); ++i) {
    const auto begin = columns.names_.begin();
    const auto here = begin + static_cast<std::ptrdiff_t>(i);
    if (!here->empty() && std::find(begin, here, *here) != here) {
      return reader.ErrorHere(
          fmt::format("two columns are named \"{}\"; give each its own name", *here));
    }
  }
  PP_RETURN_IF_ERROR(CheckCodebook(reader, columns.names_, options.codebook, known_ids));
  if (options.ignored_columns != nullptr) {
    for (std::size_t i = 0; i < columns.names_.size(); ++i) {
      const bool used = std::any_of(known_ids.begin(), known_ids.end(), [&](const auto& id) {
        return columns.Find(id) == static_cast<int>(i);
      });
      if (!used) options.ignored_columns->push_back(columns.names_[i]);
    }
  }
  return columns;
}

int Columns::Find(const std::string& id) const {
  const auto renamed = codebook_->columns.find(id);
  const std::string& name = renamed == codebook_->columns.end() ? id : renamed->second;
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? kAbsent : static_cast<int>(found - names_.begin());
}

absl::StatusOr<int> Columns::Require(const std::string& id, const CsvReader& reader) const {
  const int column = Find(id);
  if (column != kAbsent) return column;
  return reader.ErrorHere(
      fmt::format("column \"{}\" is missing; the file has: {}; name the column so, or give a "
                  "codebook with \"column {} = ...\"",
                  id, JoinIds(names_), id));
}

Values::Values(const Codebook& codebook, const std::string& id) {
  const auto found = codebook.values.find(id);
  if (found != codebook.values.end()) codes_ = &found->second;
}

std::string_view Values::CodeOf(std::string_view value) const {
  if (codes_ == nullptr) return value;
  const auto found = codes_->find(value);
  return found == codes_->end() ? value : std::string_view(found->second);
}

std::string WrongFieldCount(std::size_t fields, std::size_t columns) {
  if (fields == columns) return {};
  return fmt::format(
      "has {} fields where the header has {}; quote fields that hold the separator, and declare "
      "another separator when decimals have commas",
      fields, columns);
}

std::string JoinIds(const std::vector<std::string>& ids) {
  return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace panelpuls::wire
