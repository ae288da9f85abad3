// Straight from a Response's protobuf bytes to the resolved record, for the shape that nearly all
// have: fields once and in the order of their numbers, short codes that the definition knows,
// nothing that a rule refuses. All else is left to protobuf_record.h and wave/resolver.h, whose
// record for the same bytes is the same, byte by byte; so a refusal here says nothing.
// Threads  one at a time. Keeps the wave alive. No allocation after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wave/wave.h"
#include "wire/bytes_index.h"

namespace panelpuls::wire {

class PlainResponseDecoder {
 public:
  explicit PlainResponseDecoder(std::shared_ptr<const wave::Wave> wave);

  // Fills a record of wave.layout.size bytes, header without pseudonym and mark, as Resolver with
  // require_collected_at; *id views into `bytes`. False: not plain; the record's bytes are
  // undefined.
  bool Decode(std::string_view bytes, std::span<std::byte> record, std::string_view* id);

 private:
  // What a field of fixed bytes says.
  struct Meaning {
    enum Kind : std::uint8_t { kChannel, kAnswer, kCategory } kind = kChannel;
    wave::Field field;        // where the value stands in the record
    std::uint32_t mark = 0;   // in marks_: the question, or the dimension behind them
    std::uint64_t value = 0;  // 0: an answer without an option; kChannel: the number
  };
  // What may be chosen in a multiple choice.
  struct Choices {
    std::uint32_t question = 0;
    std::uint64_t exclusive = 0;                // bit set of options
    std::vector<std::uint32_t> option_of_code;  // [number in option_codes_], or kNotFound
  };
  class Input;

  void AddMeanings();
  void AddChoices();
  void AddField(std::vector<std::string>& fields, std::string field, const Meaning& meaning);
  bool ReadHead(Input& input, std::byte* record, std::string_view* id);
  bool ReadTime(Input& input, Micros* time);
  bool ReadBaseWeight(Input input, std::byte* record) const;
  bool ReadField(Input& input, std::size_t size, std::byte* record);
  bool ReadSeveralChoices(std::string_view answer, std::byte* record);
  bool Mark(std::uint32_t place);
  bool HasCategories() const;

  const std::shared_ptr<const wave::Wave> wave_;
  BytesIndex fields_;                 // whole fields: tag, length, content
  std::vector<Meaning> meanings_;     // [number in fields_]
  BytesIndex choice_questions_;       // field 1 of an answer to a multiple choice
  std::vector<Choices> choices_;      // [number in choice_questions_]
  BytesIndex option_codes_;           // field 2 of such an answer
  std::vector<std::uint64_t> marks_;  // [question, then dimension] = round_: given in this record
  std::uint64_t round_ = 0;
};

}  // namespace panelpuls::wire
