#include "end_to_end/workload.h"

#include <algorithm>
#include <array>
#include <protozero/pbf_reader.hpp>
#include <unordered_set>

#include "wire/stream.h"

namespace panelpuls::bench {
namespace {

constexpr char kResponsesTag = 0x12;  // field 2 of Batch, length-delimited
constexpr std::size_t kMarkBytes = 3;
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kMaxRecordBytes = 1 << 20;

// Three digits of base 36; after 46,656 passes they begin again.
std::array<char, kMarkBytes> MarkOf(std::uint32_t pass) {
  constexpr auto kBase = static_cast<std::uint32_t>(kDigits.size());
  return {kDigits[pass / kBase / kBase % kBase], kDigits[pass / kBase % kBase],
          kDigits[pass % kBase]};
}

// Field 1 of a Response.
std::string_view RespondentId(std::string_view response) {
  try {
    protozero::pbf_reader reader(response.data(), response.size());
    if (!reader.next(1, protozero::pbf_wire_type::length_delimited)) return {};
    const protozero::data_view id = reader.get_view();
    return {id.data(), id.size()};
  } catch (const protozero::exception&) {
    return {};
  }
}

}  // namespace

absl::StatusOr<Workload> Workload::Make(std::string_view file, std::uint32_t batch_size) {
  if (batch_size == 0) return InvalidArgument("a batch has at least one response");
  Workload workload;
  workload.batch_size_ = batch_size;
  std::unordered_set<std::string_view> whole_ids;
  std::unordered_set<std::string_view> id_tails;
  for (std::size_t place = 0; place < file.size();) {
    const wire::Frame frame = wire::NextFrame(file.substr(place), kMaxRecordBytes);
    const std::string_view id =
        frame.state == wire::Frame::kWhole ? RespondentId(frame.message) : std::string_view();
    if (id.size() <= kMarkBytes) {
      return InvalidArgument(
          "record {}: no response with an id of at least {} bytes; write the file by panelpuls "
          "simulate --output FILE.pb",
          workload.ids_.size() + 1, kMarkBytes + 1);
    }
    whole_ids.insert(id);
    id_tails.insert(id.substr(kMarkBytes));
    const auto id_place = static_cast<std::size_t>(id.data() - (file.data() + place));
    workload.begins_.push_back(workload.bytes_.size());
    workload.bytes_.push_back(kResponsesTag);
    workload.ids_.push_back(workload.bytes_.size() + id_place);
    workload.bytes_.append(file.substr(place, frame.consumed));  // the length is that of the field
    place += frame.consumed;
  }
  if (workload.ids_.empty()) return InvalidArgument("there is no response in the file");
  if (whole_ids.size() != id_tails.size()) {
    return InvalidArgument(
        "ids differ in their first {} bytes alone, which marks of passes replace", kMarkBytes);
  }
  workload.begins_.push_back(workload.bytes_.size());
  workload.out_.resize((workload.ids_.size() + batch_size - 1) / batch_size);
  return workload;
}

std::optional<Slice> Workload::Take() {
  if (out_[next_]) return std::nullopt;
  const std::size_t first = next_ * batch_size_;
  const std::size_t last = std::min(first + batch_size_, ids_.size());
  Mark(first, last);
  Slice slice;
  slice.bytes = std::string_view(bytes_).substr(begins_[first], begins_[last] - begins_[first]);
  slice.responses = static_cast<std::uint32_t>(last - first);
  slice.number = next_;
  out_[next_] = true;
  if (++next_ == out_.size()) {
    next_ = 0;
    ++pass_;
  }
  return slice;
}

void Workload::Mark(std::size_t first, std::size_t last) {
  const std::array<char, kMarkBytes> mark = MarkOf(pass_);
  for (std::size_t place = first; place < last; ++place) {
    std::copy(mark.begin(), mark.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(ids_[place]));
  }
}

}  // namespace panelpuls::bench
