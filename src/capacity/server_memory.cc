#include "capacity/server_memory.h"

#include <algorithm>
#include <cstdint>

#include "engine/batch.h"
#include "wave/outcome.h"

namespace panelpuls::capacity {
namespace {

// simdjson of a document: index, tape and strings; once more of each record where a number is bad.
constexpr std::uint64_t kJsonBytesOfByte = 20;
// 1,000 refusals of a batch, with their texts.
constexpr std::uint64_t kRefusals = 1u << 20;

// A batch is counted against the budget when it is decoded: until then it is beside it.
std::uint64_t MostBatch(const server::ServerOptions& options, const wave::Wave& wave) {
  const std::uint64_t record = wave.layout.size + 2 * sizeof(std::uint32_t) +
                               sizeof(engine::RecordVerdict) + sizeof(wave::RecordOutcome);
  const std::uint64_t texts = wave::kMaxFieldBytes + wave::kMaxReasonBytes + wave::kMaxEventIdBytes;
  constexpr std::uint64_t kWhileItGrows = 2;
  return options.max_records * (record + texts) * kWhileItGrows + kRefusals;
}

}  // namespace

std::vector<MemoryPart> MemoryOf(const server::ServerOptions& options, const wave::Wave& wave) {
  const std::uint64_t threads = std::max(options.io_threads, 1u);  // of each protocol
  return {
      {"connections",
       (options.max_http_connections + threads * server::kReservedConnections +
        options.max_tcp_connections) *
           server::kConnectionBytes,
       Taken::kBusy},
      {"messages, batches, answers", options.max_buffered_bytes, Taken::kBusy},
      {"batches being decoded, spare",
       2 * threads * (MostBatch(options, wave) + engine::BatchBuilder::kMostSpareBytes),
       Taken::kBusy},
      {"JSON being read", threads * kJsonBytesOfByte * options.max_body_bytes, Taken::kBusy},
  };
}

}  // namespace panelpuls::capacity
