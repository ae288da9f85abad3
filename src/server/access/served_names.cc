#include "server/access/served_names.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>

namespace panelpuls::server {
namespace {

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// The rest behind "[ADDRESS]", whose address goes to *name.
std::optional<std::string_view> TakeBracketed(std::string_view text, std::string* name) {
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address =
      boost::asio::ip::make_address_v6(std::string(text.substr(1, end - 1)), error);
  if (error || address.scope_id() != 0) return std::nullopt;
  *name = address.to_string();
  return text.substr(end + 1);
}

std::optional<std::string_view> TakeName(std::string_view text, std::string* name) {
  const std::size_t end = std::min(text.find(':'), text.size());
  for (const char c : text.substr(0, end)) {
    name->push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    if (!IsNameCharacter(name->back())) return std::nullopt;
  }
  return text.substr(end);
}

bool IsLoopback(const std::string& name) {
  if (name == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(name, error);
  return !error && address.is_loopback();
}

// Without the port that the scheme has anyway.
Authority Shortest(Authority authority, std::string_view scheme) {
  if (authority.port == (scheme == "https" ? 443 : 80)) authority.port.reset();
  return authority;
}

}  // namespace

std::optional<Authority> ParseAuthority(std::string_view text) {
  Authority authority;
  const auto rest = text.starts_with('[') ? TakeBracketed(text, &authority.name)
                                          : TakeName(text, &authority.name);
  if (!rest.has_value() || authority.name.empty()) return std::nullopt;
  if (rest->size() <= 1) {  // a colon without a port is as none
    return rest->empty() || *rest == ":" ? std::optional(authority) : std::nullopt;
  }
  if (rest->front() != ':') return std::nullopt;
  authority.port = ParsePort(rest->substr(1));
  if (!authority.port.has_value()) return std::nullopt;
  return authority;
}

absl::StatusOr<ServedNames> ServedNames::Make(const std::vector<std::string>& names) {
  ServedNames served;
  for (const std::string& name : names) {
    auto authority = ParseAuthority(name);
    if (!authority.has_value()) {
      return InvalidArgument(
          "\"{}\" is no name that a request could ask for; give NAME or NAME:PORT, such as "
          "panel.example or panel.example:8443",
          name);
    }
    served.given_.push_back(*std::move(authority));
  }
  return served;
}

bool ServedNames::IsGiven(const Authority& asked) const {
  return std::any_of(given_.begin(), given_.end(), [&asked](const Authority& given) {
    return given.name == asked.name && (!given.port.has_value() || given.port == asked.port);
  });
}

bool ServedNames::Serves(const Authority& asked) const {
  if (IsLoopback(asked.name) || IsGiven(asked)) return true;
  return given_.empty() && asked.name.find_first_of(".:") == std::string::npos;
}

bool ServedNames::MayChange(std::string_view origin, const std::optional<Authority>& asked) const {
  const std::size_t end = origin.find("://");
  if (end == std::string_view::npos) return false;  // also "null"
  const std::string_view scheme = origin.substr(0, end);
  const auto page = ParseAuthority(origin.substr(end + 3));
  if (!page.has_value()) return false;
  const bool is_own = asked.has_value() && Shortest(*page, scheme) == Shortest(*asked, scheme);
  return is_own || IsGiven(*page);
}

}  // namespace panelpuls::server
