#include "wave/population.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/csv.h"
#include "base/look_alike.h"
#include "base/printable.h"

namespace panelpuls::wave {
namespace {

using Row = std::vector<std::string_view>;

// Columns of a file with a header, by name.
class Table {
 public:
  Table(std::string_view text, const CsvFormat& format, std::string path)
      : reader_(text, format, std::move(path)) {}

  // Exactly the columns `names`, in any order.
  absl::Status ReadHeader(const std::vector<std::string>& names) {
    if (!reader_.Next(row_)) {
      PP_RETURN_IF_ERROR(reader_.error());
      return reader_.ErrorHere(
          fmt::format("the file is empty; write the columns {}",
                      ListCodes(names, [](const auto& name) { return name; })));
    }
    width_ = row_.size();
    for (const std::string_view column : row_) {
      if (std::find(names.begin(), names.end(), column) == names.end()) {
        const std::vector<std::string_view> known(names.begin(), names.end());
        return reader_.ErrorHere(
            fmt::format("column \"{}\" is unknown{}; write the columns {}", Printable(column),
                        LikenessBehind(column, known),
                        ListCodes(names, [](const auto& name) { return name; })));
      }
    }
    for (const std::string& name : names) {
      const auto count = std::count(row_.begin(), row_.end(), name);
      if (count != 1) {
        return reader_.ErrorHere(
            fmt::format("column \"{}\" is there {} times; give it once", name, count));
      }
      columns_.push_back(
          static_cast<std::size_t>(std::find(row_.begin(), row_.end(), name) - row_.begin()));
    }
    return absl::OkStatus();
  }

  // False at the end, or when status() is not ok.
  bool Next() {
    do {
      if (!reader_.Next(row_)) {
        status_ = reader_.error();
        return false;
      }
    } while (std::all_of(row_.begin(), row_.end(), [](auto field) { return field.empty(); }));
    if (row_.size() != width_) {
      status_ = reader_.ErrorHere(
          fmt::format("{} fields, the header has {}; write one a column", row_.size(), width_));
    }
    return status_.ok();
  }

  std::string_view Field(std::size_t column) const { return row_[columns_[column]]; }
  absl::StatusOr<double> Number(std::size_t column) const {
    const absl::StatusOr<double> number = ParseNumber(Field(column), reader_.format());
    if (!number.ok()) return reader_.ErrorHere(ToStd(number.status().message()));
    if (*number < 0) {
      return reader_.ErrorHere(
          fmt::format("total {} is negative; write the number of enterprises", Field(column)));
    }
    return number;
  }
  absl::Status ErrorHere(std::string_view message) const { return reader_.ErrorHere(message); }
  std::uint64_t line() const { return reader_.line(); }
  const absl::Status& status() const { return status_; }

 private:
  CsvReader reader_;
  Row row_;
  std::size_t width_ = 0;
  std::vector<std::size_t> columns_;  // [name] -> field
  absl::Status status_;
};

absl::StatusOr<int> FindCategory(const v1::Dimension& dimension, std::string_view code,
                                 const Table& table) {
  const int category = IndexOfCode(dimension.categories(), code);
  if (category >= 0) return category;
  std::vector<std::string_view> known;
  for (const v1::Category& one : dimension.categories()) known.push_back(one.code());
  return table.ErrorHere(fmt::format("\"{}\" is no category of dimension \"{}\"{}; known: {}",
                                     Printable(code), dimension.id(), LikenessBehind(code, known),
                                     ListOptionCodes(dimension.categories())));
}

// A dimension that has some totals has all of them, and whoever wrote one in the definition did not
// write it in the file too.
absl::Status CheckComplete(const DefinitionSource& source, const std::string& path) {
  for (int d = 0; d < source.definition.dimensions_size(); ++d) {
    const v1::Dimension& dimension = source.definition.dimensions(d);
    const auto& places = source.total_places[static_cast<std::size_t>(d)];
    if (std::all_of(places.begin(), places.end(),
                    [](const auto& place) { return place.empty(); })) {
      continue;
    }
    for (int c = 0; c < dimension.categories_size(); ++c) {
      if (!places[static_cast<std::size_t>(c)].empty()) continue;
      return source.Root()
          .In("dimensions", d)
          .In("categories", c)
          .Error(
              fmt::format("category \"{0}\" of dimension \"{1}\" has no total in {2}; add a line "
                          "{1},{0},TOTAL (0: out of scope)",
                          dimension.categories(c).code(), dimension.id(), path));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadMargins(std::string_view text, const CsvFormat& format, const std::string& path,
                         DefinitionSource& source) {
  enum Column : std::size_t { kDimension, kCategory, kTotal };
  Table table(text, format, path);
  PP_RETURN_IF_ERROR(table.ReadHeader({"dimension", "category", "total"}));
  v1::WaveDefinition& definition = source.definition;
  while (table.Next()) {
    const int d = IndexOfId(definition.dimensions(), table.Field(kDimension));
    if (d < 0) {
      std::vector<std::string_view> known;
      for (const v1::Dimension& one : definition.dimensions()) known.push_back(one.id());
      return table.ErrorHere(fmt::format(
          "\"{}\" is no dimension{}; known: {}", Printable(table.Field(kDimension)),
          LikenessBehind(table.Field(kDimension), known), ListIds(definition.dimensions())));
    }
    v1::Dimension& dimension = *definition.mutable_dimensions(d);
    PP_ASSIGN_OR_RETURN(const int c, FindCategory(dimension, table.Field(kCategory), table));
    v1::Category& category = *dimension.mutable_categories(c);
    std::string& place =
        source.total_places[static_cast<std::size_t>(d)][static_cast<std::size_t>(c)];
    if (!place.empty()) {
      return table.ErrorHere(fmt::format("the total of {}={} was given before, at {}; remove one",
                                         dimension.id(), category.code(), place));
    }
    if (category.has_population()) {
      return table.ErrorHere(fmt::format("the total of {}={} is in the definition too; remove one",
                                         dimension.id(), category.code()));
    }
    PP_ASSIGN_OR_RETURN(const double total, table.Number(kTotal));
    category.set_population(total);
    place = fmt::format("{}:{}", path, table.line());
  }
  PP_RETURN_IF_ERROR(table.status());
  return CheckComplete(source, path);
}

// Dimensions of the joint table, in weighting order.
std::vector<int> JointDimensions(const v1::WaveDefinition& definition) {
  std::vector<int> dimensions;
  for (const std::string& id : definition.weighting().dimensions()) {
    const int d = IndexOfId(definition.dimensions(), id);
    if (d >= 0) dimensions.push_back(d);
  }
  if (!dimensions.empty()) return dimensions;
  for (int d = 0; d < definition.dimensions_size(); ++d) dimensions.push_back(d);
  return dimensions;
}

// "size=0, area=fyn" of a place in the joint table.
std::string DescribeCell(const v1::WaveDefinition& definition, const std::vector<int>& dimensions,
                         std::size_t cell) {
  std::string text;
  for (auto d = dimensions.rbegin(); d != dimensions.rend(); ++d) {
    const v1::Dimension& dimension = definition.dimensions(*d);
    const auto count = static_cast<std::size_t>(dimension.categories_size());
    const std::string part = fmt::format(
        "{}={}", dimension.id(), dimension.categories(static_cast<int>(cell % count)).code());
    text = text.empty() ? part : part + ", " + text;
    cell /= count;
  }
  return text;
}

absl::Status ReadJoint(std::string_view text, const CsvFormat& format, const std::string& path,
                       DefinitionSource& source) {
  constexpr std::size_t kMaxCells = std::size_t{4} << 20;
  v1::WaveDefinition& definition = source.definition;
  const std::vector<int> dimensions = JointDimensions(definition);
  std::vector<std::string> names;
  std::size_t cells = 1;
  for (const int d : dimensions) {
    names.push_back(definition.dimensions(d).id());
    cells *= static_cast<std::size_t>(definition.dimensions(d).categories_size());
    if (cells > kMaxCells) {
      return InvalidArgument(
          "{}:1: the joint table would have more than {} cells; take fewer "
          "weighting dimensions",
          path, kMaxCells);
    }
  }
  names.push_back("total");
  Table table(text, format, path);
  PP_RETURN_IF_ERROR(table.ReadHeader(names));
  std::vector<std::optional<double>> totals(cells);
  while (table.Next()) {
    std::size_t cell = 0;
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
      const v1::Dimension& dimension = definition.dimensions(dimensions[i]);
      PP_ASSIGN_OR_RETURN(const int c, FindCategory(dimension, table.Field(i), table));
      cell = cell * static_cast<std::size_t>(dimension.categories_size()) +
             static_cast<std::size_t>(c);
    }
    if (totals[cell].has_value()) {
      return table.ErrorHere(fmt::format("the total of {} was given before; remove one",
                                         DescribeCell(definition, dimensions, cell)));
    }
    PP_ASSIGN_OR_RETURN(totals[cell], table.Number(dimensions.size()));
  }
  PP_RETURN_IF_ERROR(table.status());
  definition.clear_joint_population();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (!totals[cell].has_value()) {
      return InvalidArgument("{}:{}: {} has no total; add a line (0: no such enterprises)", path,
                             table.line(), DescribeCell(definition, dimensions, cell));
    }
    definition.add_joint_population(*totals[cell]);
  }
  return absl::OkStatus();
}

absl::StatusOr<CsvFormat> FormatOf(const LoadOptions& options, const DefinitionSource& source) {
  PP_ASSIGN_OR_RETURN(
      const CsvFormat declared,
      DeclaredFormat(source.definition.population().format(), source.Root().In("population")));
  return ChooseCsvFormat(options.population_format, declared);
}

// The file of totals that a definition names at `field`, or a message that names both.
absl::StatusOr<std::string> ReadNamed(FileSystem& files, const std::string& path, const char* field,
                                      const DefinitionSource& source) {
  absl::StatusOr<std::string> text = ReadWholeFile(files, path);
  if (text.ok()) return text;
  return source.Root()
      .In("population")
      .ErrorAt(field, fmt::format("population file {} cannot be read: {}; correct the name", path,
                                  ToStd(text.status().message())));
}

}  // namespace

std::string ResolvePath(const std::string& folder, const std::string& file) {
  if (folder.empty() || file.starts_with('/')) return file;
  return folder + "/" + file;
}

absl::Status InlinePopulation(FileSystem& files, const std::string& folder,
                              const LoadOptions& options, DefinitionSource& source) {
  v1::WaveDefinition& definition = source.definition;
  source.total_places.clear();
  for (const v1::Dimension& dimension : definition.dimensions()) {
    source.total_places.emplace_back(static_cast<std::size_t>(dimension.categories_size()));
  }
  if (!options.population_file.empty()) {
    for (v1::Dimension& dimension : *definition.mutable_dimensions()) {
      for (v1::Category& category : *dimension.mutable_categories()) category.clear_population();
    }
  }
  if (definition.joint_population_size() > 0) {
    return source.Root().ErrorAt("joint_population", 0,
                                 "joint_population is not written by hand; name a file in "
                                 "population { joint_file }");
  }
  PP_ASSIGN_OR_RETURN(const CsvFormat format, FormatOf(options, source));
  const std::string margins =
      options.population_file.empty() && !definition.population().file().empty()
          ? ResolvePath(folder, definition.population().file())
          : options.population_file;
  if (!margins.empty()) {
    PP_ASSIGN_OR_RETURN(const std::string text, ReadNamed(files, margins, "file", source));
    PP_RETURN_IF_ERROR(ReadMargins(text, format, margins, source));
  }
  if (!definition.population().joint_file().empty()) {
    const std::string path = ResolvePath(folder, definition.population().joint_file());
    PP_ASSIGN_OR_RETURN(const std::string text, ReadNamed(files, path, "joint_file", source));
    PP_RETURN_IF_ERROR(ReadJoint(text, format, path, source));
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::wave
