#include "wire/plain_response.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "wave/record.h"
#include "wire/field_cursor.h"
#include "wire/protobuf_record.h"
#include "wire/utf8.h"

namespace panelpuls::wire {
namespace {

constexpr std::size_t kMaxPlainLength = 127;  // of one byte
constexpr std::size_t kFieldHead = 2;         // tag and length
// Withdrawals and trials have rules of their own.
constexpr auto kLastPlainStatus = static_cast<std::uint64_t>(wave::Status::kPartial);

// Empty: too long for a length of one byte.
std::string TextField(std::uint32_t number, std::string_view content) {
  if (content.size() > kMaxPlainLength) return {};
  std::string field = {static_cast<char>(BytesKey(number)), static_cast<char>(content.size())};
  return field.append(content);
}

// An answer or a category: `first` and, if it is not empty, `second`.
std::string PairField(std::uint32_t number, std::string_view first, std::string_view second) {
  std::string content = TextField(1, first);
  if (content.empty()) return {};
  if (!second.empty()) {
    const std::string rest = TextField(2, second);
    if (rest.empty()) return {};
    content += rest;
  }
  return TextField(number, content);
}

}  // namespace

// The bytes of a message that are left to read. Nothing is read beyond their end.
class PlainResponseDecoder::Input {
 public:
  explicit Input(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool empty() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool Is(std::uint32_t key) const {
    return at_ != end_ && static_cast<unsigned char>(*at_) == key;
  }
  // Of the length-delimited field that comes, tag and length included; 0: not a short one.
  std::size_t FieldSize() const {
    if (left() < kFieldHead) return 0;
    const auto length = static_cast<unsigned char>(at_[1]);
    return length <= kMaxPlainLength && length <= left() - kFieldHead ? kFieldHead + length : 0;
  }
  std::string_view Peek(std::size_t size) const { return {at_, size}; }
  void Skip(std::size_t size) { at_ += size; }
  // A field that may be left out. False: it is there, but its value is cut short or too long.
  bool OptionalVarint(std::uint32_t key, std::uint64_t* value) {
    if (!Is(key)) return true;
    ++at_;
    *value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      *value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

 private:
  const char* at_;
  const char* end_;
};

PlainResponseDecoder::PlainResponseDecoder(std::shared_ptr<const wave::Wave> wave)
    : wave_(std::move(wave)), marks_(wave_->questions.size() + wave_->dimensions.size()) {
  AddMeanings();
  AddChoices();
}

void PlainResponseDecoder::AddField(std::vector<std::string>& fields, std::string field,
                                    const Meaning& meaning) {
  if (field.empty()) return;
  fields.push_back(std::move(field));
  meanings_.push_back(meaning);
}

void PlainResponseDecoder::AddMeanings() {
  const wave::RecordLayout& layout = wave_->layout;
  std::vector<std::string> fields;
  for (std::size_t c = 0; c < wave_->channels.size(); ++c) {
    AddField(fields, TextField(2, wave_->channels[c].code),
             {.kind = Meaning::kChannel, .field = {}, .value = c});
  }
  for (std::size_t q = 0; q < wave_->questions.size(); ++q) {
    const wave::Question& question = wave_->questions[q];
    Meaning meaning{.kind = Meaning::kAnswer,
                    .field = layout.answers[q],
                    .mark = static_cast<std::uint32_t>(q)};
    AddField(fields, PairField(6, question.id, {}), meaning);
    for (std::size_t o = 0; o < question.options.size(); ++o) {
      meaning.value = question.multiple ? std::uint64_t{1} << o : o + 1;
      AddField(fields, PairField(6, question.id, question.options[o].code), meaning);
    }
  }
  for (std::size_t d = 0; d < wave_->dimensions.size(); ++d) {
    const wave::Dimension& dimension = wave_->dimensions[d];
    for (std::size_t c = 0; c < dimension.categories.size(); ++c) {
      AddField(fields, PairField(7, dimension.id, dimension.categories[c].code),
               {.kind = Meaning::kCategory,
                .field = layout.categories[d],
                .mark = static_cast<std::uint32_t>(wave_->questions.size() + d),
                .value = c + 1});
    }
  }
  fields_ = BytesIndex(fields);
}

void PlainResponseDecoder::AddChoices() {
  std::vector<std::string> questions;
  std::vector<std::string> codes;
  for (std::size_t q = 0; q < wave_->questions.size(); ++q) {
    const wave::Question& question = wave_->questions[q];
    std::string field = TextField(1, question.id);
    if (!question.multiple || field.empty()) continue;
    questions.push_back(std::move(field));
    Choices& choices = choices_.emplace_back();
    choices.question = static_cast<std::uint32_t>(q);
    for (std::size_t o = 0; o < question.options.size(); ++o) {
      if (question.options[o].exclusive) choices.exclusive |= std::uint64_t{1} << o;
      std::string code = TextField(2, question.options[o].code);
      if (!code.empty()) codes.push_back(std::move(code));
    }
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  choice_questions_ = BytesIndex(questions);
  option_codes_ = BytesIndex(codes);
  for (Choices& choices : choices_) {
    choices.option_of_code.assign(codes.size(), BytesIndex::kNotFound);
    const wave::Question& question = wave_->questions[choices.question];
    for (std::size_t o = 0; o < question.options.size(); ++o) {
      const std::string code = TextField(2, question.options[o].code);
      if (code.empty()) continue;
      choices.option_of_code[option_codes_.Find(code, code.size())] = static_cast<std::uint32_t>(o);
    }
  }
}

bool PlainResponseDecoder::Mark(std::uint32_t place) {
  return std::exchange(marks_[place], round_) != round_;
}

bool PlainResponseDecoder::HasCategories() const {
  const auto dimensions = std::span(marks_).subspan(wave_->questions.size());
  return wave_->has_frame || std::all_of(dimensions.begin(), dimensions.end(),
                                         [&](std::uint64_t mark) { return mark == round_; });
}

// A field that is an answer or a category. Inlined, so that its input stays in registers.
[[gnu::always_inline]] inline bool PlainResponseDecoder::ReadField(Input& input, std::size_t size,
                                                                   std::byte* record) {
  const std::string_view field = input.Peek(size);
  const std::uint32_t number = fields_.Find(field, input.left());
  input.Skip(size);
  if (number == BytesIndex::kNotFound) {
    return field.front() == static_cast<char>(BytesKey(6)) &&
           ReadSeveralChoices(field.substr(kFieldHead), record);
  }
  const Meaning& meaning = meanings_[number];
  if (!Mark(meaning.mark)) return false;
  wave::StoreField(record, meaning.field, meaning.value);
  return true;
}

bool PlainResponseDecoder::ReadSeveralChoices(std::string_view answer, std::byte* record) {
  Input input(answer);
  std::size_t size = input.FieldSize();
  if (size == 0) return false;
  const std::uint32_t number = choice_questions_.Find(input.Peek(size), input.left());
  if (number == BytesIndex::kNotFound) return false;
  const Choices& choices = choices_[number];
  const wave::Question& question = wave_->questions[choices.question];
  input.Skip(size);
  std::uint64_t chosen = 0;
  std::uint32_t count = 0;
  for (; !input.empty(); input.Skip(size), ++count) {
    size = input.FieldSize();
    if (size == 0) return false;
    const std::uint32_t code = option_codes_.Find(input.Peek(size), input.left());
    if (code == BytesIndex::kNotFound) return false;
    const std::uint32_t option = choices.option_of_code[code];
    if (option == BytesIndex::kNotFound) return false;
    const std::uint64_t bit = std::uint64_t{1} << option;
    if ((chosen & bit) != 0) return false;
    chosen |= bit;
  }
  if (count > question.max_choices || (count > 1 && (chosen & choices.exclusive) != 0))
    return false;
  if (!Mark(choices.question)) return false;
  wave::StoreField(record, wave_->layout.answers[choices.question], chosen);
  return true;
}

bool PlainResponseDecoder::ReadTime(Input& input, Micros* time) {
  const std::size_t size = input.FieldSize();
  if (!input.Is(BytesKey(4)) || size == 0) return false;
  Input message(input.Peek(size).substr(kFieldHead));
  input.Skip(size);
  std::uint64_t seconds = 0;
  std::uint64_t nanos = 0;
  if (!message.OptionalVarint(VarintKey(1), &seconds) ||
      !message.OptionalVarint(VarintKey(2), &nanos) || !message.empty()) {
    return false;
  }
  const TimestampParts parts{.present = true,
                             .seconds = static_cast<std::int64_t>(seconds),
                             .nanos = static_cast<std::int64_t>(nanos)};
  RecordFault fault;
  return parts.ToMicros(*time, fault);
}

// Id, channel, revision, time, status: fields 1 to 5.
bool PlainResponseDecoder::ReadHead(Input& input, std::byte* record, std::string_view* id) {
  wave::ResponseHeader header;
  std::size_t size = input.FieldSize();
  if (!input.Is(BytesKey(1)) || size <= kFieldHead || size > kFieldHead + kMaxIdBytes) return false;
  *id = input.Peek(size).substr(kFieldHead);
  if (!IsAscii(*id)) return false;
  input.Skip(size);

  size = input.FieldSize();
  if (!input.Is(BytesKey(2)) || size == 0) return false;
  const std::uint32_t channel = fields_.Find(input.Peek(size), input.left());
  if (channel == BytesIndex::kNotFound) return false;
  header.channel = static_cast<std::uint8_t>(meanings_[channel].value);
  input.Skip(size);

  std::uint64_t revision = 0;
  if (!input.OptionalVarint(VarintKey(3), &revision) || revision > kMaxRevision) return false;
  header.revision = static_cast<std::uint32_t>(revision);
  if (!ReadTime(input, &header.collected_at)) return false;
  std::uint64_t status = 0;
  if (!input.OptionalVarint(VarintKey(5), &status) || status > kLastPlainStatus) return false;
  wave::StoreResponseHeader(record, header);
  wave::StoreField(record, wave_->layout.status, status);
  return true;
}

bool PlainResponseDecoder::ReadBaseWeight(Input input, std::byte* record) const {
  const std::optional<wave::Field>& field = wave_->layout.base_weight;
  // With a frame the frame knows it, and 0 stands for not sent.
  if (input.empty()) return !field || wave_->has_frame;
  double weight = 0;
  if (!field || !input.Is(DoubleKey(8)) || input.left() != 1 + sizeof weight) return false;
  std::memcpy(&weight, input.Peek(1 + sizeof weight).data() + 1, sizeof weight);
  const std::uint64_t fixed = wave::FixedBaseWeight(*wave_, weight);
  if (fixed == 0) return false;
  wave::StoreField(record, *field, fixed);
  return true;
}

bool PlainResponseDecoder::Decode(std::string_view bytes, std::span<std::byte> record,
                                  std::string_view* id) {
  PP_CHECK(record.size() >= wave_->layout.size);
  std::byte* const out = record.data();
  std::memset(out, 0, wave_->layout.size);
  ++round_;
  Input head(bytes);
  if (!ReadHead(head, out, id)) return false;
  Input input = head;  // of which nobody else has the address, so that it stays in registers
  while (input.Is(BytesKey(6)) || input.Is(BytesKey(7))) {
    const std::size_t size = input.FieldSize();
    if (size == 0 || !ReadField(input, size, out)) return false;
  }
  return ReadBaseWeight(input, out) && HasCategories();
}

}  // namespace panelpuls::wire
