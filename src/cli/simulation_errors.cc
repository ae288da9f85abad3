#include "cli/simulation_errors.h"

#include <array>

#include "base/csv.h"

namespace panelpuls::cli {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"statistic", "of",   "domain", "fieldworks",
                                                      "truth",     "mean", "bias",   "sd"};

std::string Header() {
  std::string header;
  for (const std::string_view column : kColumns) {
    if (!header.empty()) header += ',';
    header += column;
  }
  return header;
}

}  // namespace

const SimulationError* SimulationErrors::Find(std::string_view statistic, std::string_view of,
                                              std::string_view domain) const {
  for (const SimulationError& figure : figures) {
    if (figure.statistic == statistic && figure.of == of && figure.domain == domain) return &figure;
  }
  return nullptr;
}

std::string ErrorsToCsv(const SimulationErrors& errors) {
  std::string csv = Header() + "\n";
  for (const SimulationError& figure : errors.figures) {
    csv += fmt::format("{},{},{},{},{:.8g},{:.8g},{:.4g},{:.6g}\n", figure.statistic,
                       QuoteCsv(figure.of), QuoteCsv(figure.domain), figure.fieldworks,
                       figure.truth, figure.mean, figure.mean - figure.truth, figure.sd);
  }
  return csv;
}

absl::StatusOr<SimulationErrors> ErrorsFromCsv(std::string_view text,
                                               const std::string& file_name) {
  CsvReader reader(text, {}, file_name);
  std::vector<std::string_view> fields;
  if (!reader.Next(fields) || reader.row_text() != Header()) {
    PP_RETURN_IF_ERROR(reader.error());
    return InvalidArgument("{}:1: the header must be {}; make the file with simulate --repeat",
                           file_name, Header());
  }
  SimulationErrors errors;
  while (reader.Next(fields)) {
    if (fields.size() != kColumns.size()) return reader.ErrorHere("a row has 8 fields");
    SimulationError figure{.statistic = std::string(fields[0]),
                           .of = std::string(fields[1]),
                           .domain = std::string(fields[2])};
    double fieldworks = 0;
    const std::array<double*, 5> numbers = {&fieldworks, &figure.truth, &figure.mean, nullptr,
                                            &figure.sd};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto number = ParseNumber(fields[i + 3], {});
      if (!number.ok()) return reader.ErrorHere(ToStd(number.status().message()));
      if (numbers[i] != nullptr) *numbers[i] = *number;
    }
    if (!(figure.sd > 0)) return reader.ErrorHere("a simulation standard error is above 0");
    figure.fieldworks = static_cast<std::uint64_t>(fieldworks);
    errors.figures.push_back(std::move(figure));
  }
  PP_RETURN_IF_ERROR(reader.error());
  return errors;
}

}  // namespace panelpuls::cli
