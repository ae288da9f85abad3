#include "server/connection/connection_plan.h"

#include <algorithm>

namespace panelpuls::server {
namespace {

// What is kept back of descriptors.
constexpr std::uint64_t kOfAPartition = 8;  // its segment, the next ones, the witness, its folder
constexpr std::uint64_t kOfAnExport = 8;    // segments while it reads, and what it looks up
constexpr std::uint64_t kOfAnIoThread = 3;  // epoll, eventfd, timerfd
constexpr std::uint64_t kOfTheRest = 24;    // listening sockets, files of the directory, spares

// Fewer than these would be no service.
constexpr std::uint64_t kFewest = 16;  // of each protocol

std::uint64_t KeptBack(std::uint32_t partitions, const ServerOptions& options) {
  const std::uint64_t threads = std::max(options.io_threads, 1u);
  return kOfAPartition * partitions + kOfAnExport * options.max_exports +
         2 * threads * kOfAnIoThread + threads * kReservedConnections + kOfTheRest;
}

}  // namespace

absl::StatusOr<std::string> FitConnections(const Descriptors& descriptors, std::uint32_t partitions,
                                           ServerOptions* options) {
  const std::uint64_t kept = descriptors.open + KeptBack(partitions, *options);
  if (descriptors.most < kept + 2 * kFewest) {
    return FailedPrecondition(
        "a limit of {} descriptors is too low: {} are needed for {} partitions and {} connections; "
        "raise the hard limit (ulimit -Hn, LimitNOFILE of systemd)",
        descriptors.most, kept + 2 * kFewest, partitions, 2 * kFewest);
  }
  const std::uint64_t left = descriptors.most - kept;
  const std::uint64_t wanted = options->max_http_connections + options->max_tcp_connections;
  std::string lowered;
  if (wanted > left) {
    lowered = fmt::format("; lowered, for {} connections need {} descriptors (ulimit -Hn)", wanted,
                          kept + wanted);
    // In proportion, but for what each needs at least.
    const std::uint64_t share = std::clamp<std::uint64_t>(
        left * options->max_http_connections / wanted, kFewest, left - kFewest);
    options->max_http_connections = std::min<std::uint64_t>(options->max_http_connections, share);
    options->max_tcp_connections =
        std::min<std::uint64_t>(options->max_tcp_connections, left - options->max_http_connections);
  }
  // Readers of the page leave half of HTTP to senders and to who asks once.
  options->max_event_streams = std::min<std::size_t>(
      options->max_event_streams, std::max<std::size_t>(options->max_http_connections / 2, 1));
  return fmt::format(
      "at most {} connections over HTTP, {} of them event streams, and {} over TCP ({} "
      "descriptors, "
      "{} kept for the rest{})",
      options->max_http_connections, options->max_event_streams, options->max_tcp_connections,
      descriptors.most, kept, lowered);
}

}  // namespace panelpuls::server
