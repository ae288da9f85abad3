// Pseudonyms: keyed 128-bit stand-ins of respondent ids (docs/PROTOCOL.md). The raw id never
// reaches the disk. An id of 1-15 bytes is one AES-256 block (length byte, id, zeros); 16-64 bytes
// are the first 16 bytes of HMAC-SHA256; two keys derived from the directory's key:
//   short ids  AES-256 with HMAC-SHA256(directory key, "panelpuls short id") as its key
//   long ids   HMAC-SHA256 with HMAC-SHA256(directory key, "panelpuls long id") as its key
// The 16 bytes are two words, most significant byte first: high from bytes 0-7, low from bytes
// 8-15.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/status.h"

namespace panelpuls::identity {

// High half chooses the partition, low half the place in the register. Compared as two words.
struct Pseudonym {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Pseudonym&, const Pseudonym&) = default;
};

// Partition of a pseudonym among `count` (any count of at least 1): high * count / 2^64.
inline std::uint32_t PartitionOf(const Pseudonym& pseudonym, std::uint32_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint32_t>((static_cast<Wide>(pseudonym.high) * count) >> 64);
}

// The directory's secret, 32 bytes. Cleared on destruction and when moved from.
// File: three lines of text, mode 0600:
//   panelpuls directory key 1
//   <64 lower-case hex digits: the key>
//   <16 lower-case hex digits: the first 8 bytes of SHA-256 of the key>
// Errors are never mended by making another key: with another key every unit would get a second
// pseudonym.
class DirectoryKey {
 public:
  // Reads `path`, or makes a new random key there with mode 0600 (durable before it returns).
  // FailedPrecondition: damaged, or readable by others; says how to mend it.
  // Unavailable: no random bytes.
  static absl::StatusOr<DirectoryKey> LoadOrCreate(FileSystem& files, const std::string& path);
  // As LoadOrCreate, but a missing key is NotFound: for directories that have had one.
  static absl::StatusOr<DirectoryKey> Load(FileSystem& files, const std::string& path);
  // A key from 32 given bytes: tests, and offline estimates that need no secret.
  static DirectoryKey FromBytes(std::span<const std::byte, 32> bytes);
  ~DirectoryKey();
  DirectoryKey(DirectoryKey&&) noexcept;
  DirectoryKey& operator=(DirectoryKey&&) noexcept;
  DirectoryKey(const DirectoryKey&) = delete;
  DirectoryKey& operator=(const DirectoryKey&) = delete;

  std::span<const std::byte, 32> bytes() const { return bytes_; }
  // Tells keys apart without saying anything of them: 32 hex digits, the first 16 bytes of
  // HMAC-SHA256(key, "panelpuls key id").
  std::string Id() const;

 private:
  DirectoryKey() = default;
  std::array<std::byte, 32> bytes_{};
};

// Makes pseudonyms. Threads: one at a time; each io thread owns one. Allocates when it is made, and
// as the number of ids grows that are made at once.
class Pseudonymizer {
 public:
  explicit Pseudonymizer(const DirectoryKey& key);
  ~Pseudonymizer();
  Pseudonymizer(Pseudonymizer&&) noexcept;
  Pseudonymizer& operator=(Pseudonymizer&&) noexcept;

  // id: 1 to kMaxIdBytes bytes (checked by the caller).
  Pseudonym Make(std::string_view id);
  // Many at once, short ids in one call of the cipher: ids are added one by one, and Finish gives
  // their pseudonyms in that order, as many as were added since the last Finish or Forget. An id
  // need not outlive its Add. Make may come in between.
  void Add(std::string_view id);
  std::size_t added() const;
  void Finish(std::span<Pseudonym> out);
  void Forget();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 32 lower-case hex digits, high half first.
std::string ToHex(const Pseudonym& pseudonym);

}  // namespace panelpuls::identity
