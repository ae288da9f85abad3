#include "server/export_job.h"

#include <exception>
#include <utility>

#include "base/thread_name.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kPageBytes = 64 * 1024;

}  // namespace

ExportJob::ExportJob(Options options) : options_(std::move(options)) {
  thread_ = std::thread([this] { Run(); });
}

ExportJob::~ExportJob() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.store(true, std::memory_order_relaxed);
  }
  taken_.notify_all();
  thread_.join();
}

void ExportJob::Run() {
  NameThisThread("export");
  absl::Status status;
  try {
    engine::ExportOptions cut = options_.cut;
    cut.cancelled = [this] { return cancelled_.load(std::memory_order_relaxed); };
    const auto responses = engine::ResponsesExport::Open(*options_.files, options_.directory, cut);
    status = responses.status();
    while (status.ok()) {
      std::string page = (*responses)->NextPage(kPageBytes);
      if (page.empty()) break;
      if (!Give(std::move(page))) return;
    }
  } catch (const std::exception& error) {
    status = Internal("the export broke off: {}", error.what());
  }
  {
    const std::lock_guard lock(mutex_);
    made_all_ = true;
    status_ = std::move(status);
  }
  options_.on_news();
}

bool ExportJob::Give(std::string page) {
  {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [this] { return !ready_ || cancelled_.load(std::memory_order_relaxed); });
    if (cancelled_.load(std::memory_order_relaxed)) return false;
    page_ = std::move(page);
    ready_ = true;
  }
  options_.on_news();
  return true;
}

bool ExportJob::Take(std::string* page) {
  {
    const std::lock_guard lock(mutex_);
    if (!ready_) return false;
    *page = std::move(page_);
    ready_ = false;
  }
  taken_.notify_all();
  return true;
}

bool ExportJob::ended() {
  const std::lock_guard lock(mutex_);
  return made_all_ && !ready_;
}

absl::Status ExportJob::status() {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace panelpuls::server
