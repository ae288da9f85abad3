#include "journal_edits.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "wave/definition.h"
#include "wave/record.h"

namespace panelpuls::engine::testing {
namespace {

constexpr int kGrown = 80;
// A frame's end says how large the registers are. More units than this take the memory, not the
// code.
constexpr std::uint64_t kMostFrameUnits = 4096;

struct Base {
  Image image;
  std::shared_ptr<const wave::Wave> wave;
};

// The same in every run: the key of the pseudonyms does not come from the system.
const Base& BaseOf(std::size_t number) {
  static const std::array<Base, 4> kBases = [] {
    [[maybe_unused]] const auto quiet = google::protobuf::SetLogHandler(nullptr);
    std::array<Base, 4> bases;
    for (std::size_t i = 0; i < bases.size(); ++i) {
      const Units units = i % 2 == 0 ? Units::kAnyone : Units::kOfFrame;
      bases[i] = {MakeSampleDirectory(units, i < 2 ? 1 : 2), SampleWave(units, kGrown)};
    }
    return bases;
  }();
  return kBases[number % kBases.size()];
}

// Numbers out of the fuzzer's bytes; zeros behind their end.
class Numbers {
 public:
  explicit Numbers(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  std::uint64_t Next(std::size_t width) {
    std::uint64_t value = 0;
    const std::size_t taken = std::min(width, bytes_.size());
    std::memcpy(&value, bytes_.data(), taken);
    bytes_ = bytes_.subspan(taken);
    return value;
  }
  // From 0 to below `bound`, which is not 0.
  std::size_t Below(std::size_t bound) { return Next(bound > 256 ? 2 : 1) % bound; }

 private:
  std::span<const std::uint8_t> bytes_;
};

class Editor {
 public:
  Editor(const Base& base, std::span<const std::uint8_t> steps)
      : base_(base), image_(base.image), numbers_(steps), groups_(GroupsOf(image_)) {}

  Image Edit(bool fit) {
    while (!numbers_.empty()) Step();
    for (StoredGroup& group : groups_) {
      BoundFrame(&group.payload);
      // What is longer than its room is cut to it.
      const std::size_t room = RoomOf(group);
      if (group.payload.size() > room) group.payload.resize(room);
      PutGroup(group, &image_);
    }
    for (const auto& [path, offset, value] : bytes_) image_[path][offset] ^= value;
    for (auto& [path, content] : image_) {
      if (fit && path.ends_with(".segment")) MakeChecksumsFit(&content);
      if (fit && path.ends_with(".witness")) MakeWitnessFit(&content);
    }
    if (!cut_.empty()) image_[cut_].resize(image_[cut_].size() / 2);
    if (!lost_.empty()) image_.erase(lost_);
    return image_;
  }

 private:
  struct RawByte {
    std::string path;
    std::size_t offset = 0;
    char value = 0;
  };

  static std::size_t RoomOf(const StoredGroup& group) {
    return journal::GroupBytes(group.header.payload_bytes) - journal::kGroupHeaderBytes;
  }
  std::string& PickPayload() { return groups_[numbers_.Below(groups_.size())].payload; }
  const std::string& PickPath() {
    auto place = image_.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(numbers_.Below(image_.size())));
    return place->first;
  }
  // Begin and length of a record of the payload; length 0: there is none.
  std::pair<std::size_t, std::size_t> PickRecord(const std::string& payload) {
    std::size_t number = numbers_.Below(16);
    std::size_t begin = 0;
    for (;;) {
      const std::size_t length =
          wave::RecordLength(*base_.wave, std::as_bytes(std::span(payload)).subspan(begin));
      if (length == 0 || number-- == 0) return {begin, length};
      begin += length;
    }
  }

  void Step();
  void SetField();
  void SetHeader();
  void CopyRecord();
  void RefitDefinition();
  void BoundFrame(std::string* payload) const;

  const Base& base_;
  Image image_;
  Numbers numbers_;
  std::vector<StoredGroup> groups_;
  std::vector<RawByte> bytes_;
  std::string cut_, lost_;
};

void Editor::Step() {
  switch (numbers_.Next(1) % 12) {
    case 0:
    case 1:
    case 2:
      return SetField();
    case 3:
      return SetHeader();
    case 4:
    case 5:
      return CopyRecord();
    case 6: {  // leave a record out
      std::string& payload = PickPayload();
      const auto [begin, length] = PickRecord(payload);
      payload.erase(begin, length);
      return;
    }
    case 7: {  // exchange what two groups hold
      std::string& a = PickPayload();
      std::string& b = PickPayload();
      if (&a != &b) a.swap(b);
      return;
    }
    case 8:
      return RefitDefinition();
    case 9: {  // any byte of any file
      const std::string& path = PickPath();
      const std::size_t size = image_[path].size();
      if (size > 0) {
        bytes_.push_back({path, numbers_.Next(3) % size, static_cast<char>(numbers_.Next(1))});
      }
      return;
    }
    case 10: {  // cut or grow a payload
      std::string& payload = PickPayload();
      payload.resize(numbers_.Below(payload.size() + 64));
      return;
    }
    default:
      (numbers_.Next(1) % 2 == 0 ? cut_ : lost_) = PickPath();
      return;
  }
}

// One to eight bytes of a record.
void Editor::SetField() {
  std::string& payload = PickPayload();
  const auto [begin, length] = PickRecord(payload);
  if (length == 0) return;
  const std::size_t at = numbers_.Below(length);
  const std::size_t width = std::min<std::size_t>(length - at, std::size_t{1} << numbers_.Below(4));
  const std::uint64_t value = numbers_.Next(width);
  std::memcpy(payload.data() + begin + at, &value, std::min<std::size_t>(width, sizeof value));
}

void Editor::SetHeader() {
  journal::GroupHeader& header = groups_[numbers_.Below(groups_.size())].header;
  switch (numbers_.Below(6)) {
    case 0:
      header.definition_id = numbers_.Next(8);
      return;
    case 1:
      header.receipt_time = static_cast<Micros>(numbers_.Next(8));
      return;
    case 2:
      header.receipt_time += static_cast<Micros>(numbers_.Next(4)) * kMicrosPerSecond;
      return;
    case 3:
      header.position = numbers_.Next(1);
      return;
    case 4:
      header.partition = static_cast<std::uint32_t>(numbers_.Next(1));
      return;
    default:
      header.block = static_cast<std::uint32_t>(numbers_.Next(1));
  }
}

void Editor::CopyRecord() {
  const std::string& from = PickPayload();
  const auto [begin, length] = PickRecord(from);
  const std::string record = from.substr(begin, length);
  PickPayload() += record;
}

// Gives the groups of a changed definition the id that it has now, so that it is read.
void Editor::RefitDefinition() {
  std::uint64_t id = 0;
  const std::string* path = nullptr;
  for (StoredGroup& group : groups_) {
    wave::DefinitionHeader header;
    if (group.payload.size() < sizeof header) continue;
    std::memcpy(&header, group.payload.data(), sizeof header);
    const bool is_definition = header.type == wave::RecordType::kDefinition &&
                               sizeof header + header.length <= group.payload.size();
    if (is_definition) {
      const auto wave =
          wave::WaveFromCanonical(group.payload.substr(sizeof header, header.length), "edited");
      id = wave.ok() ? (*wave)->definition_id : 0;
      path = &group.path;
    }
    if (id != 0 && path != nullptr && *path == group.path) group.header.definition_id = id;
  }
}

void Editor::BoundFrame(std::string* payload) const {
  wave::FrameEndRecord end;
  if (payload->size() < sizeof end) return;
  std::memcpy(&end, payload->data(), sizeof end);
  if (end.type != wave::RecordType::kFrameEnd) return;
  end.units %= kMostFrameUnits;
  std::memcpy(payload->data(), &end, sizeof end);
}

}  // namespace

Edited EditDirectory(std::span<const std::uint8_t> input, bool fit) {
  const Base& base = BaseOf(input.empty() ? 0 : input[0]);
  Editor editor(base, input.empty() ? input : input.subspan(1));
  return {.wave = base.wave, .image = editor.Edit(fit)};
}

void CheckReadings(const Edited& edited, bool open) {
  const Readings readings = ReadAll(edited.image, edited.wave, open);
  const std::string disagreement = Disagreement(readings);
  if (disagreement.empty()) return;
  std::fprintf(stderr, "%s\n", disagreement.c_str());
  std::abort();
}

}  // namespace panelpuls::engine::testing
