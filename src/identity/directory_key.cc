#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>

#include "identity/pseudonym.h"

namespace panelpuls::identity {
namespace {

constexpr std::string_view kFirstLine = "panelpuls directory key 1\n";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kCheckBytes = 8;
constexpr std::size_t kFileBytes = kFirstLine.size() + 2 * kKeyBytes + 1 + 2 * kCheckBytes + 1;
constexpr unsigned kOthersMask = 0077;

// Text that is wiped when it goes.
struct SecretText {
  std::string text;
  ~SecretText() { OPENSSL_cleanse(text.data(), text.size()); }
};

void AppendHex(std::span<const std::byte> bytes, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
}

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

bool ParseHex(std::string_view text, std::span<std::byte> bytes) {
  PP_CHECK(text.size() == 2 * bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::byte>(high * 16 + low);
  }
  return true;
}

std::array<std::byte, kCheckBytes> CheckValue(std::span<const std::byte, kKeyBytes> key) {
  std::array<std::byte, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  std::array<std::byte, kCheckBytes> check;
  std::copy_n(digest.begin(), kCheckBytes, check.begin());
  return check;
}

SecretText ToFile(std::span<const std::byte, kKeyBytes> key) {
  SecretText file;
  file.text.reserve(kFileBytes);  // no second buffer to wipe
  file.text = kFirstLine;
  AppendHex(key, file.text);
  file.text += '\n';
  AppendHex(CheckValue(key), file.text);
  file.text += '\n';
  return file;
}

// False: not the file of a key, or its check value does not fit.
bool FromFile(std::string_view text, std::span<std::byte, kKeyBytes> key) {
  if (text.size() != kFileBytes || !text.starts_with(kFirstLine)) return false;
  text.remove_prefix(kFirstLine.size());
  if (!ParseHex(text.substr(0, 2 * kKeyBytes), key)) return false;
  return ToFile(key).text.substr(kFirstLine.size()) == text;
}

}  // namespace

absl::StatusOr<DirectoryKey> DirectoryKey::LoadOrCreate(FileSystem& files,
                                                        const std::string& path) {
  absl::StatusOr<DirectoryKey> loaded = Load(files, path);
  if (!absl::IsNotFound(loaded.status())) return loaded;
  DirectoryKey key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.bytes_.data()), kKeyBytes) != 1) {
    return Unavailable("no random bytes for the key {}; try again", path);
  }
  PP_RETURN_IF_ERROR(WriteFileAtomically(files, path, ToFile(key.bytes_).text));
  return key;
}

absl::StatusOr<DirectoryKey> DirectoryKey::Load(FileSystem& files, const std::string& path) {
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kRead));
  PP_ASSIGN_OR_RETURN(const unsigned permissions, files.Permissions(path));
  if ((permissions & kOthersMask) != 0) {
    return FailedPrecondition(
        "the key {} is open to others than its owner (mode {:04o}); run 'chmod 600 {}' and find "
        "out "
        "who may have read it",
        path, permissions, path);
  }
  SecretText content;
  content.text.resize(kFileBytes + 1);  // one more than there should be, to notice it
  PP_ASSIGN_OR_RETURN(const std::size_t bytes,
                      file->ReadAt(0, std::as_writable_bytes(std::span(content.text))));
  DirectoryKey key;
  if (!FromFile(std::string_view(content.text).substr(0, bytes), key.bytes_)) {
    return FailedPrecondition(
        "the key {} is damaged; restore it from a copy: with another key no respondent of this "
        "directory would be recognised",
        path);
  }
  return key;
}

DirectoryKey DirectoryKey::FromBytes(std::span<const std::byte, 32> bytes) {
  DirectoryKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

std::string DirectoryKey::Id() const {
  constexpr std::string_view kLabel = "panelpuls key id";
  constexpr std::size_t kIdBytes = 16;
  std::array<std::byte, SHA256_DIGEST_LENGTH> digest;
  PP_CHECK(HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(kKeyBytes),
                reinterpret_cast<const unsigned char*>(kLabel.data()), kLabel.size(),
                reinterpret_cast<unsigned char*>(digest.data()), nullptr) != nullptr);
  std::string id;
  AppendHex(std::span(digest).first(kIdBytes), id);
  return id;
}

DirectoryKey::~DirectoryKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

DirectoryKey::DirectoryKey(DirectoryKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
}

DirectoryKey& DirectoryKey::operator=(DirectoryKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
  }
  return *this;
}

}  // namespace panelpuls::identity
