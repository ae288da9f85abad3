#include "client/target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace panelpuls::client {
namespace {

constexpr std::string_view kResponsesPath = "/v1/responses";

std::string ToString(boost::core::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::StatusOr<Target> ParseTarget(std::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed.has_value() || parsed->host_address().empty()) {
    return InvalidArgument(
        "\"{}\" is no address to push to; write http://HOST:PORT or tcp://HOST:PORT", url);
  }
  Target target;
  target.host = ToString(parsed->host_address());
  target.port = ToString(parsed->port());
  const std::string scheme = ToString(parsed->scheme());
  if (scheme == "tcp") {
    target.scheme = Target::kTcp;
    if (target.port.empty()) return InvalidArgument("\"{}\" names no port; add :PORT", url);
    return target;
  }
  if (scheme != "http") {
    return InvalidArgument("\"{}\": {}:// is not spoken; write http:// or tcp://", url, scheme);
  }
  target.authority = ToString(parsed->encoded_host_and_port());
  if (target.port.empty()) target.port = "80";
  target.path = ToString(parsed->encoded_path());
  while (target.path.ends_with('/')) target.path.pop_back();
  if (!target.path.ends_with(kResponsesPath)) target.path += kResponsesPath;
  return target;
}

}  // namespace panelpuls::client
