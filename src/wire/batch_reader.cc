#include "wire/batch_reader.h"

#include "wire/json_batch.h"
#include "wire/protobuf_batch.h"

namespace panelpuls::wire {

struct BatchReader::Impl {
  BatchLimits limits;
  ProtobufBatchReader protobuf;
  JsonBatchReader json;
};

BatchReader::BatchReader(const BatchLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
}
BatchReader::~BatchReader() = default;

absl::Status BatchReader::Read(std::string_view bytes, BatchFormat format, BatchSink& sink,
                               bool padded) {
  if (bytes.size() > impl_->limits.max_bytes) {
    return ResourceExhausted("batch: {} bytes are more than the limit of {}; send smaller batches",
                             bytes.size(), impl_->limits.max_bytes);
  }
  if (format == BatchFormat::kProtobuf) return impl_->protobuf.Read(bytes, impl_->limits, sink);
  return impl_->json.Read(bytes, padded, impl_->limits, sink);
}

std::vector<std::string> BatchReader::TakeIgnoredFields(std::uint64_t* count) {
  std::uint64_t of_json = 0;
  std::vector<std::string> names = impl_->json.ignored_fields().Take(&of_json);
  std::uint64_t of_protobuf = 0;
  for (std::string& name : impl_->protobuf.ignored_fields().Take(&of_protobuf)) {
    names.push_back(std::move(name));
  }
  *count = of_json + of_protobuf;
  return names;
}

void BatchReader::GiveBack() {
  impl_->protobuf = {};
  impl_->json = {};
}

}  // namespace panelpuls::wire
