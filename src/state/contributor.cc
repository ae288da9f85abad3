#include "state/contributor.h"

#include <bit>

#include "wave/record.h"

namespace panelpuls::state {

Contributor::Contributor(const wave::Wave& wave) : wave_(wave) {
  for (const wave::Table& table : wave.tables) AddTable(table);
  classes_.resize(sources_.size());
}

std::uint32_t Contributor::SourceOf(const wave::Variable& variable) {
  for (std::uint32_t place = 0; place < variables_.size(); ++place) {
    if (variables_[place].kind == variable.kind &&
        variables_[place].question == variable.question) {
      return place;
    }
  }
  Source source;
  source.kind = variable.kind;
  if (variable.kind == wave::VariableKind::kQuestion) {
    const auto number = static_cast<std::size_t>(variable.question);
    const wave::Question& question = wave_.questions[number];
    PP_CHECK(!question.multiple);
    source.field = wave_.layout.answers[number];
    source.class_of_value.push_back(question.classes - 1);  // no answer
    for (const int option_class : question.option_class) {
      source.class_of_value.push_back(static_cast<std::uint32_t>(option_class));
    }
  }
  needs_indicator_ |= variable.kind == wave::VariableKind::kIndicator ||
                      variable.kind == wave::VariableKind::kDirection;
  variables_.push_back(variable);
  sources_.push_back(std::move(source));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Contributor::AddTable(const wave::Table& table) {
  const std::uint32_t column_source = SourceOf(table.column);
  if (!table.multiple) {
    singles_.push_back({.offset = table.offset,
                        .columns = table.columns,
                        .row_source = SourceOf(table.row),
                        .column_source = column_source});
    max_entries_ += 1;
    return;
  }
  const auto number = static_cast<std::size_t>(table.row.question);
  const wave::Question& question = wave_.questions[number];
  MultipleTable multiple{.offset = table.offset,
                         .columns = table.columns,
                         .column_source = column_source,
                         .answered_row = table.rows - 1,
                         .field = wave_.layout.answers[number],
                         .valid_options = 0,
                         .row_of_option = {}};
  for (std::size_t option = 0; option < question.option_class.size(); ++option) {
    const int row = question.option_class[option];
    if (row != wave::kNone) multiple.valid_options |= std::uint64_t{1} << option;
    multiple.row_of_option.push_back(static_cast<std::uint32_t>(row == wave::kNone ? 0 : row));
  }
  max_entries_ += question.option_class.size() + 1;
  multiples_.push_back(std::move(multiple));
}

void Contributor::ComputeClasses(const std::byte* record, std::uint8_t channel) {
  const wave::Classes indicator =
      needs_indicator_ ? wave::IndicatorClasses(wave_, record) : wave::Classes{};
  for (std::size_t place = 0; place < sources_.size(); ++place) {
    const Source& source = sources_[place];
    std::uint32_t value = 0;
    switch (source.kind) {
      case wave::VariableKind::kNone:
        break;
      case wave::VariableKind::kIndicator:
        value = indicator.group;
        break;
      case wave::VariableKind::kDirection:
        value = indicator.direction;
        break;
      case wave::VariableKind::kChannel:
        value = channel;
        break;
      case wave::VariableKind::kQuestion: {
        const std::uint64_t answer = wave::LoadField(record, source.field);
        PP_CHECK(answer < source.class_of_value.size());
        value = source.class_of_value[answer];
        break;
      }
    }
    classes_[place] = value;
  }
}

void Contributor::Compute(const std::byte* record, std::uint8_t channel, Contribution* out) {
  ComputeClasses(record, channel);
  out->cell = wave::CellOf(wave_, record);
  out->base_weight = wave_.layout.base_weight ? wave::LoadField(record, *wave_.layout.base_weight)
                                              : wave::kBaseWeightOne;
  out->entries.clear();
  for (const SingleTable& table : singles_) {
    out->entries.push_back(table.offset + classes_[table.row_source] * table.columns +
                           classes_[table.column_source]);
  }
  for (const MultipleTable& table : multiples_) {
    std::uint64_t chosen = wave::LoadField(record, table.field) & table.valid_options;
    if (chosen == 0) continue;
    const std::uint32_t column = table.offset + classes_[table.column_source];
    for (; chosen != 0; chosen &= chosen - 1) {
      const auto option = static_cast<std::size_t>(std::countr_zero(chosen));
      out->entries.push_back(column + table.row_of_option[option] * table.columns);
    }
    out->entries.push_back(column + table.answered_row * table.columns);
  }
}

void Contribute(const wave::Wave& wave, const std::byte* record, Contribution* out) {
  Contributor(wave).Compute(record, wave::LoadResponseHeader(record).channel, out);
}

}  // namespace panelpuls::state
