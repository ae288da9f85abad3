#include <algorithm>
#include <numeric>

#include "base/limits.h"
#include "base/look_alike.h"
#include "base/printable.h"
#include "wave/record.h"
#include "wire/columns.h"
#include "wire/files.h"

namespace panelpuls::wire {
namespace {

class FrameRows {
 public:
  // Reads the header. Wave and options outlive this.
  static absl::StatusOr<FrameRows> Make(CsvReader& reader, const wave::Wave& wave,
                                        const FileOptions& options);
  // InvalidArgument without place: what is wrong with the row.
  absl::StatusOr<FrameUnit> Decode(const std::vector<std::string_view>& fields) const;

 private:
  FrameRows(const wave::Wave& wave, const FileOptions& options)
      : wave_(&wave),
        options_(&options),
        channel_values_(options.codebook, "channel"),
        weight_values_(options.codebook, "base_weight") {}
  absl::StatusOr<int> ChannelOf(const std::vector<std::string_view>& fields) const;
  absl::StatusOr<double> BaseWeightOf(const std::vector<std::string_view>& fields) const;
  absl::StatusOr<std::uint16_t> CategoryOf(const std::vector<std::string_view>& fields,
                                           std::size_t dimension) const;

  const wave::Wave* wave_;
  const FileOptions* options_;
  CsvFormat csv_;
  Values channel_values_;
  Values weight_values_;
  std::size_t column_count_ = 0;
  int unit_id_ = Columns::kAbsent;
  int channel_ = Columns::kAbsent;
  int base_weight_ = Columns::kAbsent;
  std::vector<int> dimension_columns_;
  std::vector<Values> dimension_values_;
  std::vector<std::string_view> dimension_constants_;  // of those without a column
};

absl::StatusOr<FrameRows> FrameRows::Make(CsvReader& reader, const wave::Wave& wave,
                                          const FileOptions& options) {
  std::vector<std::string> ids = {"unit_id", "channel", "base_weight"};
  for (const wave::Dimension& dimension : wave.dimensions) ids.push_back(dimension.id);
  PP_ASSIGN_OR_RETURN(const Columns columns, Columns::Read(reader, wave, options, ids));
  FrameRows rows(wave, options);
  rows.csv_ = reader.format();
  rows.column_count_ = columns.size();
  PP_ASSIGN_OR_RETURN(rows.unit_id_, columns.Require("unit_id", reader));
  rows.channel_ = columns.Find("channel");
  rows.base_weight_ = columns.Find("base_weight");
  if (wave.base_weights == wave::BaseWeights::kPerUnit) {
    PP_RETURN_IF_ERROR(columns.RequireBaseWeight(reader));
  }
  for (const wave::Dimension& dimension : wave.dimensions) {
    const std::string_view constant = options.codebook.ConstantOf(dimension.id);
    if (constant.empty()) PP_RETURN_IF_ERROR(columns.Require(dimension.id, reader).status());
    rows.dimension_columns_.push_back(columns.Find(dimension.id));
    rows.dimension_values_.emplace_back(options.codebook, dimension.id);
    rows.dimension_constants_.push_back(constant);
  }
  return rows;
}

// "category "Fyn " is unknown; it looks like ...; known: Fyn, Als".
template <typename T>
std::string DescribeUnknown(std::string_view what, std::string_view code,
                            const std::vector<T>& coded) {
  std::vector<std::string_view> codes;
  for (const T& one : coded) codes.push_back(one.code);
  return fmt::format("{} \"{}\" is unknown{}; known: {}", what, Printable(code),
                     LikenessBehind(code, codes), fmt::join(codes, ", "));
}

absl::StatusOr<int> FrameRows::ChannelOf(const std::vector<std::string_view>& fields) const {
  std::string_view code = options_->default_channel;
  if (code.empty()) code = options_->codebook.ConstantOf("channel");
  if (channel_ != Columns::kAbsent) {
    const std::string_view field = fields[static_cast<std::size_t>(channel_)];
    std::string reason;
    if (!field.empty() && !channel_values_.FindCode(field, csv_, &code, &reason)) {
      return InvalidArgument("channel: {}", reason);
    }
  }
  if (code.empty()) return 0;
  const int channel = wave_->FindChannel(code);
  if (channel != wave::kNone) return channel;
  return InvalidArgument("{}", DescribeUnknown("channel", code, wave_->channels));
}

absl::StatusOr<double> FrameRows::BaseWeightOf(const std::vector<std::string_view>& fields) const {
  if (base_weight_ == Columns::kAbsent) return 1.0;
  const std::string_view field =
      weight_values_.CodeOf(fields[static_cast<std::size_t>(base_weight_)]);
  if (field.empty()) {
    if (wave_->base_weights != wave::BaseWeights::kPerUnit) return 1.0;
    return InvalidArgument(
        "base_weight is missing, and the definition says that base weights are per unit; write the "
        "unit's own");
  }
  const auto weight = ParseNumber(field, csv_);
  if (!weight.ok()) {
    return InvalidArgument("base_weight: {}", ToStd(weight.status().message()));
  }
  if (wave_->base_weights != wave::BaseWeights::kPerUnit) {
    if (*weight == 1) return 1.0;
    return InvalidArgument(
        "base_weight {} has no place: the definition says base weights are not per unit; declare "
        "BASE_WEIGHTS_PER_UNIT or leave the column out",
        Printable(field));
  }
  if (wave::FixedBaseWeight(*wave_, *weight) != 0) return *weight;
  return InvalidArgument("base_weight {} is out of range; write 2^-10 to 2^20 after the scale",
                         Printable(field));
}

absl::StatusOr<std::uint16_t> FrameRows::CategoryOf(const std::vector<std::string_view>& fields,
                                                    std::size_t dimension) const {
  const wave::Dimension& known = wave_->dimensions[dimension];
  std::string_view code = dimension_constants_[dimension];
  if (const int column = dimension_columns_[dimension]; column != Columns::kAbsent) {
    const std::string_view field = fields[static_cast<std::size_t>(column)];
    std::string reason;
    if (!dimension_values_[dimension].FindCode(field, csv_, &code, &reason)) {
      return InvalidArgument("{}: {}", known.id, reason);
    }
  }
  const int category = wave::Wave::FindCategory(known, code);
  if (category != wave::kNone) return static_cast<std::uint16_t>(category);
  return InvalidArgument("{}: {}", known.id, DescribeUnknown("category", code, known.categories));
}

absl::StatusOr<FrameUnit> FrameRows::Decode(const std::vector<std::string_view>& fields) const {
  if (const std::string reason = WrongFieldCount(fields.size(), column_count_); !reason.empty()) {
    return InvalidArgument("{}", reason);
  }
  FrameUnit unit;
  unit.unit_id.assign(fields[static_cast<std::size_t>(unit_id_)]);
  if (unit.unit_id.empty() || unit.unit_id.size() > kMaxIdBytes) {
    return InvalidArgument("unit_id has {} bytes; write 1 to {}", unit.unit_id.size(), kMaxIdBytes);
  }
  PP_ASSIGN_OR_RETURN(unit.channel, ChannelOf(fields));
  PP_ASSIGN_OR_RETURN(unit.base_weight, BaseWeightOf(fields));
  unit.categories.reserve(wave_->dimensions.size());
  for (std::size_t i = 0; i < wave_->dimensions.size(); ++i) {
    PP_ASSIGN_OR_RETURN(const std::uint16_t category, CategoryOf(fields, i));
    unit.categories.push_back(category);
  }
  return unit;
}

// A unit may stand once. `lines` are the units' lines.
absl::Status CheckUnique(const std::vector<FrameUnit>& units,
                         const std::vector<std::uint64_t>& lines, const std::string& file_name) {
  std::vector<std::size_t> order(units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int sign = units[a].unit_id.compare(units[b].unit_id);
    return sign != 0 ? sign < 0 : a < b;
  });
  std::size_t first = units.size();
  std::size_t second = units.size();
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (units[order[i - 1]].unit_id != units[order[i]].unit_id || order[i] >= second) continue;
    first = order[i - 1];
    second = order[i];
  }
  if (second == units.size()) return absl::OkStatus();
  return InvalidArgument("{}:{}: unit \"{}\" stands in line {} already; keep one of them",
                         file_name, lines[second], Printable(units[second].unit_id), lines[first]);
}

}  // namespace

absl::StatusOr<std::vector<FrameUnit>> ReadFrame(std::string_view content, const wave::Wave& wave,
                                                 const FileOptions& options) {
  if (options.format != FileFormat::kCsv) {
    return InvalidArgument("{}: a frame is read from CSV only", options.file_name);
  }
  PP_ASSIGN_OR_RETURN(const std::string_view rows_text, WithoutLastLine(content, options));
  CsvReader reader(rows_text, options.csv, options.file_name);
  PP_ASSIGN_OR_RETURN(const FrameRows rows, FrameRows::Make(reader, wave, options));
  std::vector<FrameUnit> units;
  std::vector<std::uint64_t> lines;
  std::vector<std::string_view> fields;
  while (reader.Next(fields)) {
    if (SaysNothing(fields, Columns::kAbsent)) continue;
    auto unit = rows.Decode(fields);
    if (!unit.ok()) return reader.ErrorHere(ToStd(unit.status().message()));
    units.push_back(*std::move(unit));
    lines.push_back(reader.line());
  }
  PP_RETURN_IF_ERROR(reader.error());
  PP_RETURN_IF_ERROR(CheckUnique(units, lines, options.file_name));
  return units;
}

}  // namespace panelpuls::wire
