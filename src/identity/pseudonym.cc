// SHA256_CTX is the only state of OpenSSL 3 that can be copied without an allocation.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "identity/pseudonym.h"
#include "base/limits.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace panelpuls::identity {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kMaxShortIdBytes = kBlockBytes - 1;
constexpr std::size_t kBytesPerCall = 16 * 1024;
constexpr std::size_t kHashBlockBytes = SHA256_CBLOCK;

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::uint64_t LoadBigEndian(const unsigned char* bytes) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word = word << 8 | bytes[i];
  return word;
}

Pseudonym FromBytes(const unsigned char* bytes) {
  return {.high = LoadBigEndian(bytes), .low = LoadBigEndian(bytes + 8)};
}

// id: at most kMaxShortIdBytes.
void SetBlock(std::string_view id, unsigned char* block) {
  std::memset(block, 0, kBlockBytes);
  block[0] = static_cast<unsigned char>(id.size());
  std::memcpy(block + 1, id.data(), id.size());
}

// HMAC-SHA256 (RFC 2104) whose two key blocks are hashed once.
class Hmac {
 public:
  // key: at most one hash block.
  explicit Hmac(std::span<const unsigned char> key) {
    PP_CHECK(key.size() <= kHashBlockBytes);
    Start(key, 0x36, inner_);
    Start(key, 0x5c, outer_);
  }
  ~Hmac() {
    OPENSSL_cleanse(&inner_, sizeof inner_);
    OPENSSL_cleanse(&outer_, sizeof outer_);
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Digest Of(std::string_view message) const {
    Digest digest;
    SHA256_CTX state = inner_;
    SHA256_Update(&state, message.data(), message.size());
    SHA256_Final(digest.data(), &state);
    state = outer_;
    SHA256_Update(&state, digest.data(), digest.size());
    SHA256_Final(digest.data(), &state);
    return digest;
  }

 private:
  static void Start(std::span<const unsigned char> key, unsigned char pad, SHA256_CTX& state) {
    std::array<unsigned char, kHashBlockBytes> block{};
    std::copy(key.begin(), key.end(), block.begin());
    for (unsigned char& byte : block) byte ^= pad;
    SHA256_Init(&state);
    SHA256_Update(&state, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  }

  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

// A key of its own for each use, wiped when it goes.
struct DerivedKey {
  DerivedKey(const DirectoryKey& key, std::string_view label) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.bytes().data());
    digest = Hmac({bytes, key.bytes().size()}).Of(label);
  }
  ~DerivedKey() { OPENSSL_cleanse(digest.data(), digest.size()); }
  Digest digest;
};

}  // namespace

struct Pseudonymizer::Impl {
  explicit Impl(const DirectoryKey& key)
      : long_ids(DerivedKey(key, "panelpuls long id").digest), cipher(EVP_CIPHER_CTX_new()) {
    const DerivedKey short_ids(key, "panelpuls short id");
    PP_CHECK(cipher != nullptr);
    PP_CHECK(EVP_EncryptInit_ex(cipher, EVP_aes_256_ecb(), nullptr, short_ids.digest.data(),
                                nullptr) == 1);
    PP_CHECK(EVP_CIPHER_CTX_set_padding(cipher, 0) == 1);
  }
  ~Impl() {
    EVP_CIPHER_CTX_free(cipher);  // wipes its key
    OPENSSL_cleanse(blocks.data(), blocks.capacity());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Encrypt(unsigned char* blocks_begin, std::size_t bytes) const {
    int written = 0;
    PP_CHECK(EVP_EncryptUpdate(cipher, blocks_begin, &written, blocks_begin,
                               static_cast<int>(bytes)) == 1);
    PP_CHECK(written == static_cast<int>(bytes));
  }

  struct LongId {
    std::size_t place;
    Pseudonym pseudonym;
  };

  Hmac long_ids;
  EVP_CIPHER_CTX* cipher;
  std::vector<unsigned char> blocks;  // of the ids added, a block each; a long one's is not used
  std::vector<LongId> added_long_ids;
};

Pseudonymizer::Pseudonymizer(const DirectoryKey& key) : impl_(std::make_unique<Impl>(key)) {}
Pseudonymizer::~Pseudonymizer() = default;
Pseudonymizer::Pseudonymizer(Pseudonymizer&&) noexcept = default;
Pseudonymizer& Pseudonymizer::operator=(Pseudonymizer&&) noexcept = default;

Pseudonym Pseudonymizer::Make(std::string_view id) {
  PP_CHECK(!id.empty() && id.size() <= kMaxIdBytes);
  if (id.size() > kMaxShortIdBytes) return FromBytes(impl_->long_ids.Of(id).data());
  unsigned char block[kBlockBytes];
  SetBlock(id, block);
  impl_->Encrypt(block, kBlockBytes);
  return FromBytes(block);
}

void Pseudonymizer::Add(std::string_view id) {
  PP_CHECK(!id.empty() && id.size() <= kMaxIdBytes);
  std::vector<unsigned char>& blocks = impl_->blocks;
  const std::size_t begin = blocks.size();
  blocks.resize(begin + kBlockBytes);
  if (id.size() <= kMaxShortIdBytes) return SetBlock(id, blocks.data() + begin);
  impl_->added_long_ids.push_back(
      {.place = begin / kBlockBytes, .pseudonym = FromBytes(impl_->long_ids.Of(id).data())});
}

std::size_t Pseudonymizer::added() const { return impl_->blocks.size() / kBlockBytes; }

void Pseudonymizer::Finish(std::span<Pseudonym> out) {
  std::vector<unsigned char>& blocks = impl_->blocks;
  PP_CHECK(out.size() == added());
  for (std::size_t begin = 0; begin < blocks.size(); begin += kBytesPerCall) {
    impl_->Encrypt(blocks.data() + begin, std::min(kBytesPerCall, blocks.size() - begin));
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = FromBytes(blocks.data() + i * kBlockBytes);
  for (const Impl::LongId& id : impl_->added_long_ids) out[id.place] = id.pseudonym;
  blocks.clear();
  impl_->added_long_ids.clear();
}

void Pseudonymizer::Forget() {
  OPENSSL_cleanse(impl_->blocks.data(), impl_->blocks.size());
  impl_->blocks.clear();
  impl_->added_long_ids.clear();
}

std::string ToHex(const Pseudonym& pseudonym) {
  return fmt::format("{:016x}{:016x}", pseudonym.high, pseudonym.low);
}

}  // namespace panelpuls::identity
