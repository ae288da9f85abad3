#include "state/contributor.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "wave/record.h"

namespace panelpuls::state {

Contributor::Contributor(const wave::Wave& wave) : wave_(wave) {
  for (const wave::Table& table : wave.tables) AddTable(table);
  classes_.resize(kQuestions + questions_.size());
  scratch_.entries.reserve(max_entries_);
}

std::uint32_t Contributor::PlaceOf(const wave::Variable& variable) {
  switch (variable.kind) {
    case wave::VariableKind::kNone:
      return kOne;
    case wave::VariableKind::kIndicator:
      needs_indicator_ = true;
      return kGroup;
    case wave::VariableKind::kDirection:
      needs_indicator_ = true;
      return kDirection;
    case wave::VariableKind::kChannel:
      return kChannel;
    case wave::VariableKind::kQuestion:
      break;
  }
  return AddQuestion(variable.question);
}

std::vector<std::uint32_t> Contributor::ClassOfValue(int question) const {
  const wave::Question& asked = wave_.questions[static_cast<std::size_t>(question)];
  PP_CHECK(!asked.multiple);
  std::vector<std::uint32_t> class_of_value = {asked.classes - 1};
  for (const int option_class : asked.option_class) {
    class_of_value.push_back(static_cast<std::uint32_t>(option_class));
  }
  return class_of_value;
}

std::uint32_t Contributor::AddQuestion(int number) {
  for (std::uint32_t i = 0; i < questions_.size(); ++i) {
    if (questions_[i] == number) return kQuestions + i;
  }
  std::vector<std::uint32_t> class_of_value = ClassOfValue(number);
  const auto place = static_cast<std::uint32_t>(kQuestions + questions_.size());
  questions_.push_back(number);
  const wave::Field& field = wave_.layout.answers[static_cast<std::size_t>(number)];
  if (field.width == 1) {
    ByteAnswer& answer = byte_answers_.emplace_back();
    answer.offset = field.offset;
    answer.place = place;
    answer.class_of_value.fill(class_of_value.front());
    std::copy(class_of_value.begin(), class_of_value.end(), answer.class_of_value.begin());
  } else {
    wide_answers_.push_back(
        {.field = field, .place = place, .class_of_value = std::move(class_of_value)});
  }
  return place;
}

void Contributor::AddTable(const wave::Table& table) {
  if (table.pairs) {
    AddPairTable(table);
  } else if (table.multiple) {
    AddMultipleTable(table);
  } else {
    AddSingleTable(table);
  }
}

void Contributor::AddSingleTable(const wave::Table& table) {
  max_entries_ += 1;
  const std::uint32_t column = PlaceOf(table.column);
  if (table.row.kind == wave::VariableKind::kQuestion) {
    const auto question = static_cast<std::size_t>(table.row.question);
    if (wave_.layout.answers[question].width == 1) return AddByteTable(table, column);
  }
  class_tables_.push_back({.offset = table.offset,
                           .row = PlaceOf(table.row),
                           .column = column,
                           .column_stride = table.column_stride});
}

void Contributor::AddByteTable(const wave::Table& table, std::uint32_t column) {
  auto group = std::find_if(byte_tables_.begin(), byte_tables_.end(),
                            [&](const ByteTables& known) { return known.column == column; });
  if (group == byte_tables_.end()) {
    byte_tables_.push_back({.column = column, .column_stride = table.column_stride, .tables = {}});
    group = std::prev(byte_tables_.end());
  }
  ByteTable& bytes = group->tables.emplace_back();
  bytes.offset = wave_.layout.answers[static_cast<std::size_t>(table.row.question)].offset;
  const std::vector<std::uint32_t> class_of_value = ClassOfValue(table.row.question);
  for (std::size_t value = 0; value < bytes.entry_of_value.size(); ++value) {
    const std::uint32_t row = class_of_value[value < class_of_value.size() ? value : 0];
    bytes.entry_of_value[value] = table.EntryOf(row, 0);
  }
}

void Contributor::AddMultipleTable(const wave::Table& table) {
  const auto number = static_cast<std::size_t>(table.row.question);
  const wave::Question& question = wave_.questions[number];
  MultipleTable multiple{.offset = table.offset,
                         .column = PlaceOf(table.column),
                         .column_stride = table.column_stride,
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

void Contributor::AddPairTable(const wave::Table& table) {
  const auto number = static_cast<std::size_t>(table.row.question);
  const wave::Question& question = wave_.questions[number];
  PairTable pairs{.offset = table.offset,
                  .options = question.classes,
                  .field = wave_.layout.answers[number],
                  .valid_options = 0,
                  .row_of_option = {}};
  for (std::size_t option = 0; option < question.option_class.size(); ++option) {
    const int row = question.option_class[option];
    if (row != wave::kNone) pairs.valid_options |= std::uint64_t{1} << option;
    pairs.row_of_option.push_back(static_cast<std::uint32_t>(row == wave::kNone ? 0 : row));
  }
  max_entries_ += table.rows;
  pairs_.push_back(std::move(pairs));
}

void Contributor::ComputeClasses(const std::byte* record, std::uint8_t channel) {
  std::uint32_t* classes = classes_.data();
  classes[kChannel] = channel;
  if (needs_indicator_) {
    const wave::Classes indicator = wave::IndicatorClasses(wave_, record);
    classes[kGroup] = indicator.group;
    classes[kDirection] = indicator.direction;
  }
  for (const ByteAnswer& answer : byte_answers_) {
    classes[answer.place] = answer.class_of_value[static_cast<std::uint8_t>(record[answer.offset])];
  }
  for (const WideAnswer& answer : wide_answers_) {
    const std::uint64_t value = wave::LoadField(record, answer.field);
    PP_CHECK(value < answer.class_of_value.size());
    classes[answer.place] = answer.class_of_value[value];
  }
}

// visit(entry) for each entry that the record counts in; that of table 0 comes first.
template <typename Visit>
void Contributor::ForEntries(const std::byte* record, Visit visit) const {
  const std::uint32_t* const classes = classes_.data();
  for (const ClassTable& table : class_tables_) {
    visit(table.offset + classes[table.row] + classes[table.column] * table.column_stride);
  }
  for (const ByteTables& group : byte_tables_) {
    const std::uint32_t column = classes[group.column] * group.column_stride;
    for (const ByteTable& table : group.tables) {
      visit(table.entry_of_value[static_cast<std::uint8_t>(record[table.offset])] + column);
    }
  }
  for (const MultipleTable& table : multiples_) {
    std::uint64_t chosen = wave::LoadField(record, table.field) & table.valid_options;
    if (chosen == 0) continue;
    const std::uint32_t column = table.offset + classes[table.column] * table.column_stride;
    for (; chosen != 0; chosen &= chosen - 1) {
      visit(column + table.row_of_option[static_cast<std::size_t>(std::countr_zero(chosen))]);
    }
    visit(column + table.answered_row);
  }
  for (const PairTable& table : pairs_) ForPairs(table, record, visit);
}

// Valid options have rows in the order of their numbers, so a later bit is a later row.
template <typename Visit>
void Contributor::ForPairs(const PairTable& table, const std::byte* record, Visit visit) {
  std::uint64_t chosen = wave::LoadField(record, table.field) & table.valid_options;
  for (; chosen != 0; chosen &= chosen - 1) {
    const std::uint32_t a = table.row_of_option[static_cast<std::size_t>(std::countr_zero(chosen))];
    for (std::uint64_t rest = chosen & (chosen - 1); rest != 0; rest &= rest - 1) {
      const std::uint32_t b = table.row_of_option[static_cast<std::size_t>(std::countr_zero(rest))];
      visit(table.offset + wave::PairRow(a, b, table.options));
    }
  }
}

std::uint64_t Contributor::BaseWeightOf(const std::byte* record) const {
  return wave_.layout.base_weight ? wave::LoadField(record, *wave_.layout.base_weight)
                                  : wave::kBaseWeightOne;
}

void Contributor::Compute(const std::byte* record, std::uint8_t channel, Contribution* out) {
  ComputeClasses(record, channel);
  out->cell = wave::CellOf(wave_, record);
  out->base_weight = BaseWeightOf(record);
  out->entries.clear();
  ForEntries(record, [out](std::uint32_t entry) { out->entries.push_back(entry); });
}

Counted Contributor::Count(const std::byte* record, std::uint8_t channel, bool add, Cube* cube) {
  if (cube->shape().has_sums) {
    Compute(record, channel, &scratch_);
    if (add) {
      cube->Add(scratch_);
    } else {
      cube->Subtract(scratch_);
    }
    return {.cell = scratch_.cell, .first_entry = scratch_.entries.front()};
  }
  ComputeClasses(record, channel);
  const std::uint64_t cell = wave::CellOf(wave_, record);
  std::uint32_t* const block = cube->MutableBlock(cell).data();
  const std::uint32_t one = add ? 1u : 0u - 1u;  // differences wrap around zero
  ForEntries(record, [block, one](std::uint32_t entry) { block[entry] += one; });
  if (!add) cube->Settle(cell);
  return {.cell = cell,
          .first_entry = class_tables_.front().offset + classes_[class_tables_.front().row]};
}

void Contribute(const wave::Wave& wave, const std::byte* record, Contribution* out) {
  Contributor(wave).Compute(record, wave::LoadResponseHeader(record).channel, out);
}

}  // namespace panelpuls::state
