// What the machine allows, measured in the same minute as the runs: bytes over a loopback
// connection, bytes written and made durable, and how long the smallest durable write takes. Prints
// one JSON object.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/status.h"
#include "end_to_end/asio.h"
#include "end_to_end/histogram.h"

namespace panelpuls::bench {
namespace {

constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kReadBytes = 64 << 10;    // as the servers read
constexpr std::size_t kWriteBytes = 128 << 10;  // about a batch of 1,000
constexpr std::size_t kFileBytes = 64 * kMiB;
constexpr std::size_t kBlockBytes = 4096;

double SecondsSince(SteadyTime begin) {
  return static_cast<double>(NanosBetween(begin, SteadyClock::now())) * 1e-9;
}

// Bytes a second from one thread to another over 127.0.0.1, each with an io_context of its own.
class Loopback {
 public:
  absl::StatusOr<double> Measure(double seconds) {
    tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    asio::io_context sender_io(1);
    tcp::socket sender(sender_io);
    ErrorCode error;
    sender.connect(acceptor.local_endpoint(), error);
    if (error) return Unavailable("loopback: {}", error.message());
    acceptor.accept(socket_);
    const SteadyTime begin = SteadyClock::now();
    std::thread thread([&sender, begin, seconds] {
      const std::vector<char> bytes(kWriteBytes, 'x');
      ErrorCode failed;
      while (!failed && SecondsSince(begin) < seconds) {
        asio::write(sender, asio::buffer(bytes), failed);
      }
      sender.close(failed);
    });
    Read();
    io_.run();
    const double rate = static_cast<double>(received_) / SecondsSince(begin);
    thread.join();
    return rate;
  }

 private:
  void Read() {
    socket_.async_read_some(asio::buffer(buffer_), [this](const ErrorCode& error, std::size_t got) {
      received_ += got;
      if (!error) Read();
    });
  }

  asio::io_context io_{1};
  tcp::socket socket_{io_};
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
  std::uint64_t received_ = 0;
};

// Blocks over a file that is there, an fdatasync after each, for so long: nanoseconds of each.
absl::StatusOr<Histogram> WriteBlocks(File& file, double seconds) {
  const BlockBytes data(kBlockBytes, std::byte{7});
  PP_RETURN_IF_ERROR(file.Preallocate(kFileBytes));
  PP_RETURN_IF_ERROR(file.DataSync());
  Histogram nanos;
  const SteadyTime begin = SteadyClock::now();
  for (std::uint64_t offset = 0; SecondsSince(begin) < seconds;
       offset = (offset + kBlockBytes) % kFileBytes) {
    const SteadyTime start = SteadyClock::now();
    PP_RETURN_IF_ERROR(file.WriteAt(offset, data));
    PP_RETURN_IF_ERROR(file.DataSync());
    nanos.Record(NanosBetween(start, SteadyClock::now()));
  }
  return nanos;
}

// Bytes a second that become durable in a file which is made meanwhile, as a log's segments are, so
// that the disk writes each of them twice: once as a zero.
absl::StatusOr<double> WriteNewFile(File& file, double seconds) {
  const BlockBytes data(kMiB, std::byte{7});
  std::uint64_t written = 0;
  const SteadyTime begin = SteadyClock::now();
  for (std::uint64_t offset = kFileBytes; SecondsSince(begin) < seconds; offset += kMiB) {
    if (offset == kFileBytes) {
      PP_RETURN_IF_ERROR(file.Truncate(0));
      offset = 0;
    }
    PP_RETURN_IF_ERROR(file.Preallocate(offset + kMiB));
    PP_RETURN_IF_ERROR(file.WriteAt(offset, data));
    PP_RETURN_IF_ERROR(file.DataSync());
    written += kMiB;
  }
  return static_cast<double>(written) / SecondsSince(begin);
}

absl::StatusOr<std::string> Measure(const std::string& directory, double seconds) {
  FileSystem& files = PosixFileSystem();
  const std::string path = directory + "/limits";
  PP_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kCreate));
  PP_ASSIGN_OR_RETURN(const double loopback, Loopback().Measure(seconds));
  PP_ASSIGN_OR_RETURN(const Histogram small, WriteBlocks(*file, seconds));
  PP_ASSIGN_OR_RETURN(const double disk, WriteNewFile(*file, seconds));
  PP_RETURN_IF_ERROR(files.Remove(path));
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Field("loopback_mb_per_second", loopback / 1e6);
  json.Field("disk_mb_per_second", disk / 1e6);
  json.Field("fdatasync_4k_us_p50", static_cast<double>(small.ValueAt(0.5)) / 1e3);
  json.Field("fdatasync_4k_us_p99", static_cast<double>(small.ValueAt(0.99)) / 1e3);
  json.EndObject();
  return text + "\n";
}

int Main(int argc, char** argv) {
  CLI::App app("Measures loopback and disk.");
  std::string directory;
  double seconds = 1;
  app.add_option("--directory", directory, "On the disk in question")->required();
  app.add_option("--seconds", seconds, "For each of the three")
      ->check(CLI::Range(0.01, 60.0))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<std::string> text = Measure(directory, seconds);
  if (text.ok()) return std::fputs(text->c_str(), stdout) < 0 ? 1 : 0;
  std::fprintf(stderr, "limits: %s\n", std::string(ToStd(text.status().message())).c_str());
  return 1;
}

}  // namespace
}  // namespace panelpuls::bench

int main(int argc, char** argv) { return panelpuls::bench::Main(argc, argv); }
