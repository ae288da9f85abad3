#include "cli/http_get.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace panelpuls::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kTimeout = std::chrono::seconds(10);
constexpr std::size_t kMaxBody = 64u << 20;

// The steps of one call, each started by the one before; the stream's deadline ends them all.
class Call {
 public:
  Call(const HttpAddress& address, std::string_view path)
      : address_(address),
        resolver_(io_),
        stream_(io_),
        buffer_(kMaxBody),
        request_(http::verb::get, std::string(path), 11) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    request_.set(http::field::host, is_v6 ? fmt::format("[{}]:{}", address.host, address.port)
                                          : fmt::format("{}:{}", address.host, address.port));
    request_.set(http::field::accept, "application/json");
    request_.set(http::field::connection, "close");
    parser_.body_limit(kMaxBody);
  }

  absl::StatusOr<std::string> Run() {
    boost::system::error_code error;
    const auto endpoints = resolver_.resolve(address_.host, address_.port, error);
    if (error) return Failed(error);
    stream_.expires_after(kTimeout);
    stream_.async_connect(endpoints, [this](const boost::system::error_code& failed, const auto&) {
      Next(failed, [this] {
        http::async_write(stream_, request_,
                          [this](const boost::system::error_code& not_sent, std::size_t) {
                            Next(not_sent, [this] {
                              http::async_read(stream_, buffer_, parser_,
                                               [this](const boost::system::error_code& not_read,
                                                      std::size_t) { Next(not_read, [] {}); });
                            });
                          });
      });
    });
    io_.run();
    if (error_) return Failed(error_);
    http::response<http::string_body> response = parser_.release();
    if (response.result() != http::status::ok) {
      return Internal("GET {} answered {}: {}", std::string(request_.target()),
                      response.result_int(), response.body());
    }
    return std::move(response.body());
  }

 private:
  template <typename Step>
  void Next(const boost::system::error_code& error, const Step& step) {
    error_ = error;
    if (!error) step();
  }
  absl::Status Failed(const boost::system::error_code& error) const {
    return Unavailable("http://{}:{}: {}; is the server running?", address_.host, address_.port,
                       error.message());
  }

  const HttpAddress& address_;
  asio::io_context io_;
  asio::ip::tcp::resolver resolver_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  boost::system::error_code error_;
};

}  // namespace

absl::StatusOr<HttpAddress> ParseHttpAddress(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest =
      url.starts_with(kScheme) ? url.substr(kScheme.size()) : std::string_view();
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  HttpAddress address;
  if (colon != std::string_view::npos) {
    address.host = rest.substr(0, colon);
    address.port = rest.substr(colon + 1);
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const bool is_number = !address.port.empty() && address.port.size() <= 5 &&
                         address.port.find_first_not_of("0123456789") == std::string::npos;
  if (address.host.empty() || !is_number) {
    return InvalidArgument(
        "'{}' is no address of a server; write one such as http://127.0.0.1:8080", url);
  }
  return address;
}

absl::StatusOr<std::string> HttpGet(const HttpAddress& address, std::string_view path) {
  try {
    return Call(address, path).Run();
  } catch (const std::exception& error) {
    return Unavailable("http://{}:{}: {}", address.host, address.port, error.what());
  }
}

}  // namespace panelpuls::cli
