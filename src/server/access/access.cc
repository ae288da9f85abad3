#include "server/access/access.h"

#include <boost/asio/ip/address.hpp>
#include <string>

namespace panelpuls::server {

Role OpenLoopback::RoleOf(std::string_view /*token*/) const { return Role::kAdmin; }

absl::Status CheckLoopback(std::string_view address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(std::string(address), error);
  if (error) {
    return InvalidArgument("\"{}\" is no IP address; listen on 127.0.0.1 or ::1", address);
  }
  if (!parsed.is_loopback()) {
    return InvalidArgument(
        "refusing to listen on {}: there is no access control yet, so anyone who reaches that "
        "address could read and write responses; listen on 127.0.0.1 or ::1 and put a proxy in "
        "front that authenticates",
        address);
  }
  return absl::OkStatus();
}

}  // namespace panelpuls::server
