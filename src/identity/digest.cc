#include "identity/digest.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <utility>

#include "base/status.h"

namespace panelpuls::identity {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

}  // namespace

struct Digest::Impl {
  Context context{EVP_MD_CTX_new()};
};

// The calls below fail for want of memory alone.
Digest::Digest() : impl_(std::make_unique<Impl>()) {
  PP_CHECK(impl_->context != nullptr &&
           EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) == 1);
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::Add(std::span<const std::byte> bytes) {
  PP_CHECK(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

void Digest::AddWord(std::uint64_t word) { Add(std::as_bytes(std::span(&word, 1))); }

void Digest::Add(std::string_view text) {
  AddWord(text.size());
  Add(std::as_bytes(std::span(text)));
}

std::string Digest::Hex() const {
  const Context copy(EVP_MD_CTX_new());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  PP_CHECK(copy != nullptr && EVP_MD_CTX_copy_ex(copy.get(), impl_->context.get()) == 1 &&
           EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr) == 1);
  std::string text;
  for (const unsigned byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace panelpuls::identity
